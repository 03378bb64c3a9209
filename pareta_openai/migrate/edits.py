"""Splicing edits into bytes, and one round of edits onto another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .findings import Edit

_Piece = tuple[int, int, bytes]  # the original's bytes from start to end, then text


def overlap(one: Edit, other: Edit) -> bool:
    """Whether the two want the same bytes. Insertions beside a replacement, or beside one another, do not."""
    if one.start == one.end:
        return other.start < one.start < other.end
    if other.start == other.end:
        return one.start < other.start < one.end
    return one.start < other.end and other.start < one.end


def apply(data: bytes, edits: Iterable[Edit]) -> bytes:
    """`data` with `edits`, which are sorted and do not overlap."""
    return b"".join(data[start:end] + text for start, end, text in _pieces(edits, len(data)))


def compose(first: Iterable[Edit], second: Iterable[Edit], length: int) -> list[Edit]:
    """The edits on the original, of `length` bytes, that do what `first` and then, on its result, `second` do."""
    pieces = list(_pieces(first, length))
    ends = sum(end - start + len(text) for start, end, text in pieces)
    result: list[_Piece] = []
    for start, end, text in _pieces(second, ends):
        result += _cut(pieces, start, end)
        result.append((0, 0, text))
    return list(_edits(result, length))


def original_position(edits: Iterable[Edit], position: int) -> int:
    """Where `position` of the result was before `edits`; the start of the edit for one within its text."""
    shift = 0
    for start, end, text in edits:
        if position < start + shift:
            break
        if position < start + shift + len(text):
            return start
        shift += len(text) - (end - start)
    return position - shift


def _pieces(edits: Iterable[Edit], length: int) -> Iterator[_Piece]:
    position = 0
    for start, end, text in edits:
        yield position, start, text
        position = end
    yield position, length, b""


def _cut(pieces: Iterable[_Piece], start: int, end: int) -> Iterator[_Piece]:
    """The part of `pieces` that makes the bytes from `start` to `end` of their result."""
    at = 0
    for kept_start, kept_end, text in pieces:
        kept = kept_end - kept_start
        low, high = max(start - at, 0), min(end - at, kept)
        text_low, text_high = max(start - at - kept, 0), max(end - at - kept, 0)
        if low < high:
            yield kept_start + low, kept_start + high, text[text_low:text_high]
        elif text[text_low:text_high]:
            yield 0, 0, text[text_low:text_high]
        at += kept + len(text)
        if at >= end:
            break


def _edits(pieces: Iterable[_Piece], length: int) -> Iterator[Edit]:
    position, pending = 0, b""
    for start, end, text in (*pieces, (length, length, b"")):
        if start < end or start == length:
            if position < start or pending:
                yield Edit(position, start, pending)
            position, pending = end, b""
        pending += text
