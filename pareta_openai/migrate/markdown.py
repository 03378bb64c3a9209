"""Markdown: the Python of its code blocks, as one module."""

from __future__ import annotations

import ast
from array import array
from collections.abc import Iterable
from functools import partial

from . import python_files
from .embedded import Embedded, Piece, Unread, imports_into, look_into
from .findings import Edit, Span
from .kinds import Look, Reason
from .project import Project
from .source import Source, Unreadable

_PYTHON = {"python", "py", "python3"}


def look(path: str, data: bytes, project: Project) -> Look:
    """Raises Unreadable and SyntaxError."""
    if not project.options.docs:
        return Look(Source(data), [], lambda _: Reason("left", "documentation (--docs looks into its code blocks)"))
    return look_into(path, data, read(data), project)


def fault(path: str, before: bytes, after: bytes) -> str | None:
    """Why the result is not to be written: its code cannot be read, or a name is not defined any more."""
    return python_files.fault(path, read(before).source, read(after).source)


def imports(path: str, data: bytes, names: Iterable[str]) -> list[Edit]:
    """Raises Unreadable and SyntaxError."""
    return imports_into(path, read(data), names)


def read(data: bytes) -> Embedded:
    """The fenced blocks that say they are Python, also those in lists and quotes. Raises Unreadable."""
    from markdown_it import MarkdownIt

    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8: {error.reason}") from None
    lines = data.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    embedded = Embedded()
    for token in MarkdownIt("commonmark").parse(text):
        language = token.info.strip().partition(" ")[0].lower()
        if token.type != "fence" or language not in _PYTHON or token.map is None:
            continue
        first = token.map[0] + 1
        try:
            ast.parse(token.content)
            embedded.add(_piece(token.content.encode("utf-8"), lines, starts, first))
        except (SyntaxError, ValueError) as error:
            place = Span(starts[first], starts[min(token.map[1], len(lines))])
            embedded.unread.append(Unread(place, error.msg if isinstance(error, SyntaxError) else str(error)))
    return embedded


def _piece(code: bytes, lines: list[bytes], starts: list[int], first: int) -> Piece:
    """The code, each line of which is the end of a line of the file: before it are indents and quote marks."""
    offsets = array("q")
    before = ending = b""
    for number, line in enumerate(code.splitlines(), first):
        whole = lines[number].rstrip(b"\r\n")
        if not whole.endswith(line):
            raise ValueError("tabs in its indent")
        offsets.extend(range(starts[number] + len(whole) - len(line), starts[number] + len(whole) + 1))
        if line:
            before = whole[: len(whole) - len(line)]
        ending = lines[number][len(whole) :]
    # An edit of the last line ends where the closing fence starts.
    end = first + len(code.splitlines())
    offsets.append(starts[end] + (len(before) if end < len(lines) and lines[end].startswith(before) else 0))
    return Piece(code, offsets, partial(_encode, line_break=ending + before))


def _encode(code: bytes, *, line_break: bytes) -> bytes:
    return code.replace(b"\n", line_break)
