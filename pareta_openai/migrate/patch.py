"""A plan as a patch that ``git apply`` takes: made from the edits, so that nothing else can be in it."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from .file_plans import FilePlan

_CONTEXT = 3
_NO_NEWLINE = b"\n\\ No newline at end of file\n"


def patch(file: FilePlan) -> bytes:
    """The unified diff of one file; empty where nothing changes."""
    if file.before == file.after:
        return b""
    before, after = _lines(file.before), _lines(file.after)
    name = file.path
    head = b"--- %s\n+++ %s\n" % (_quoted(f"a/{name}"), _quoted(f"b/{name}"))
    return head + b"".join(_hunks(before, after))


def _hunks(before: list[bytes], after: list[bytes]) -> Iterator[bytes]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        (_, old_start, _, new_start, _), (_, _, old_end, _, new_end) = group[0], group[-1]
        yield b"@@ -%s +%s @@\n" % (_range(old_start, old_end), _range(new_start, new_end))
        for kind, old_low, old_high, new_low, new_high in group:
            if kind == "equal":
                yield from (_line(b" ", line) for line in before[old_low:old_high])
                continue
            yield from (_line(b"-", line) for line in before[old_low:old_high])
            yield from (_line(b"+", line) for line in after[new_low:new_high])


def _lines(data: bytes) -> list[bytes]:
    lines = [line + b"\n" for line in data.split(b"\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def _line(sign: bytes, line: bytes) -> bytes:
    return sign + line if line.endswith(b"\n") else sign + line + _NO_NEWLINE


def _range(start: int, end: int) -> bytes:
    length = end - start
    return b"%d,%d" % (start + 1 if length else start, length)


def _quoted(name: str) -> bytes:
    """As git quotes it: bytes beyond ASCII, and what would end the line or the name, in octal."""
    raw = name.encode("utf-8", "surrogateescape")
    if all(32 <= byte < 127 and byte not in b'"\\' for byte in raw):
        return raw + b"\t" if b" " in raw else raw
    return b'"' + b"".join(_octal(byte) for byte in raw) + b'"'


def _octal(byte: int) -> bytes:
    return bytes([byte]) if 32 <= byte < 127 and byte not in b'"\\' else b"\\%03o" % byte
