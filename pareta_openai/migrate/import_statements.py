"""Rewriting one import statement: which of its names are Pareta's afterwards."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

from .findings import Edit, Span
from .lists import drop_statement, own_lines, without
from .module import Module

_FROM = re.compile(rb"from\s+openai\b")


def move_names(
    module: Module, statement: ast.ImportFrom, moved: Mapping[ast.alias, str], beside: Sequence[str] = ()
) -> list[Edit]:
    """The edits after which the aliases in `moved` come from pareta_openai, as the text that stands beside each says.

    An alias with no text is dropped: what it named is imported already. `beside` is imported from there too.
    """
    start = module.span(statement).start
    match = _FROM.match(module.data, start)
    assert match is not None
    kept = [alias for alias in statement.names if alias not in moved]
    gone = [alias for alias in statement.names if not moved.get(alias, "-")]
    if not kept and len(gone) < len(statement.names):
        edits = [Edit(match.end() - len(b"openai"), match.end(), b"pareta_openai")]
        edits += [module.replace(alias, text) for alias, text in moved.items() if text and text != module.text(alias)]
        return edits + _take_out(module, statement, gone)
    texts = [text for text in moved.values() if text]
    if not kept:
        return drop_statement(module, statement)
    new = _new_statement(module, statement, moved, beside)
    added = add_after(module, statement, new) if texts or beside else []
    return [*_take_out(module, statement, list(moved)), *added]


def take_out(module: Module, statement: ast.ImportFrom, alias: ast.alias) -> list[Edit]:
    """The edits that take one of several names out of a statement."""
    return _take_out(module, statement, [alias]) if len(statement.names) > 1 else []


def _new_statement(
    module: Module, statement: ast.ImportFrom, moved: Mapping[ast.alias, str], beside: Sequence[str]
) -> bytes:
    """The import of what is moved; with the lines that its names had, where there are comments to keep."""
    lines = [_lines_with_comments(module, statement, alias, text) for alias, text in moved.items() if text]
    if any(b"#" in line for line in lines) and all(lines):
        newline = module.source.newline
        indent = _indent(module, statement)
        lines += [indent + b"    " + name.encode() + b"," + newline for name in beside]
        return b"from pareta_openai import (" + newline + b"".join(lines) + indent + b")"
    return f"from pareta_openai import {', '.join([*filter(None, moved.values()), *beside])}".encode()


def _lines_with_comments(module: Module, statement: ast.ImportFrom, alias: ast.alias, text: str) -> bytes:
    lines = _chunk(module, statement, alias)
    if lines is None:
        return b""
    start, end = module.span(alias)
    return module.data[lines.start : start] + text.encode() + module.data[end : lines.end]


def _chunk(module: Module, statement: ast.ImportFrom, alias: ast.alias) -> Span | None:
    """The lines that an alias has to itself, with the comments on the lines above it."""
    lines = own_lines(module.data, module.span(alias), _inside(module, statement))
    if lines is None:
        return None
    starts = module.source.line_starts
    first = module.source.line(lines.start) - 1
    while module.data[starts[first - 1] : starts[first]].lstrip().startswith(b"#"):
        first -= 1
    return Span(starts[first], lines.end)


def _inside(module: Module, statement: ast.ImportFrom) -> Span:
    """The bytes between the brackets, or those of the names where there are none."""
    start, end = module.span(statement)
    first, last = module.span(statement.names[0]).start, module.span(statement.names[-1]).end
    if module.data[end - 1 : end] == b")":
        return Span(module.data.index(b"(", start, first) + 1, end - 1)
    return Span(first, last)


def _take_out(module: Module, statement: ast.ImportFrom, gone: Sequence[ast.alias]) -> list[Edit]:
    if not gone:
        return []
    spans = [module.span(alias) for alias in statement.names]
    inside = _inside(module, statement)
    chunks = [_chunk(module, statement, alias) for alias in gone]
    if all(chunk is not None for chunk in chunks):
        return [Edit(*chunk, b"") for chunk in chunks if chunk is not None]
    return without(module.data, spans, [statement.names.index(alias) for alias in gone], inside)


def add_after(module: Module, statement: ast.stmt, text: bytes) -> list[Edit]:
    """The edit that puts another statement behind this one, on a line of its own where this one has its line alone."""
    end = module.span(statement).end
    starts = module.source.line_starts
    line = module.source.line(end)
    line_end = starts[line] if line < len(starts) else len(module.data)
    rest = module.data[end:line_end].strip()
    if not _begins_line(module, statement) or (rest and not rest.startswith(b"#")):
        return [Edit(end, end, b"; " + text)]
    content_end = end + len(module.data[end:line_end].rstrip(b"\r\n"))
    return [Edit(content_end, content_end, module.source.newline + _indent(module, statement) + text)]


def _begins_line(module: Module, statement: ast.stmt) -> bool:
    start = module.source.line_starts[statement.lineno - 1]
    return not module.data[start : module.span(statement).start].strip()


def _indent(module: Module, statement: ast.stmt) -> bytes:
    start = module.source.line_starts[statement.lineno - 1]
    return module.data[start : module.span(statement).start]
