"""Taking items out of a list in the source: arguments of a call, entries of a dictionary, names of an import."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from .findings import Edit, Span
from .module import Module

_BETWEEN = re.compile(rb"(?:[\s)\\]|#[^\r\n]*)*")
_REST_OF_LINE = re.compile(rb"[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)")


def without(data: bytes, items: Sequence[Span], gone: Sequence[int], within: Span) -> list[Edit]:
    """The edits that take the items of these numbers out of the list whose brackets enclose `within`.

    An item that has its lines to itself goes with them, and with the comment behind it.
    """
    if len(gone) == len(items):
        return [Edit(*within, b"")]
    edits: list[Edit] = []
    for number in gone:
        item = items[number]
        lines = own_lines(data, item, within)
        if lines is not None:
            edits.append(Edit(*lines, b""))
            continue
        kept = max((each for each in range(number) if each not in gone), default=None)
        is_last = all(later in gone for later in range(number + 1, len(items)))
        if kept is not None and (is_last or _ends_line(data, items, kept, number)):
            edits = [edit for edit in edits if edit.start < items[kept].end]
            edits.append(Edit(items[kept].end, item.end, b""))
        else:
            edits.append(Edit(item.start, items[number + 1].start, b""))
    return edits


def _ends_line(data: bytes, items: Sequence[Span], kept: int, number: int) -> bool:
    """Whether an item stands on the line of a kept one, and the next item on another."""
    before = data[items[kept].end : items[number].start]
    return b"\n" not in before and b"\n" in data[items[number].end : items[number + 1].start]


def own_lines(data: bytes, item: Span, within: Span) -> Span | None:
    """The lines of an item, where nothing else but its comma and a comment stands on them."""
    start = max(data.rfind(b"\n", 0, item.start), data.rfind(b"\r", 0, item.start)) + 1
    if start < within.start or data[start : item.start].strip():
        return None
    end = after_comma(data, item.end, within.end)
    match = _REST_OF_LINE.match(data, end, within.end)
    return Span(start, match.end()) if match else None


def after_comma(data: bytes, position: int, limit: int) -> int:
    """Behind the comma that follows an item; behind the item where none does."""
    match = _BETWEEN.match(data, position, limit)
    assert match is not None
    comma = match.end()
    return comma + 1 if data[comma : comma + 1] == b"," and comma < limit else position


def drop_statement(module: Module, statement: ast.stmt) -> list[Edit]:
    """The edit that takes a statement out, with its line if that is its own; the last of a block becomes pass."""
    span = module.span(statement)
    lines = own_lines(module.data, span, Span(0, len(module.data)))
    block = next(
        body
        for _, body in ast.iter_fields(module.parent(statement) or module.ast)
        if isinstance(body, list) and statement in body
    )
    if lines is None or len(block) == 1:
        return [Edit(*span, b"pass")]
    return [Edit(*lines, b"")]
