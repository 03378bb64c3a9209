"""Jupyter notebooks: the code of their cells, at its offsets in the JSON, so that an edit changes no other byte."""

from __future__ import annotations

import ast
import json
import re
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from . import python_files
from .embedded import Embedded, Piece, Unread, imports_into, look_into
from .findings import Edit, Span
from .kinds import Look
from .project import Project
from .source import Unreadable

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s"\[\]{},:]+', re.DOTALL)
_CHARACTER = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[\xc2-\xf4][\x80-\xbf]+|."
)
# Cell magics whose cell is Python all the same.
_PYTHON_CELLS = re.compile(r"%%(?:time|timeit|capture|prun)\b")
_MAGIC = re.compile(r"(?P<target>\s*(?:[\w.,\s]+=\s*)?)(?:[%!?]|(?:pip3?|conda|mamba)\s|[\w.]+\?\??\s*$)")


@dataclass
class _Cell:
    kind: str = ""
    lines: list[tuple[int, int]] = field(default_factory=list)
    """Where the string literals of the source begin and end, quotes included."""
    gap: bytes = b""
    """What stands between two of them."""


def look(path: str, data: bytes, project: Project) -> Look:
    """Raises Unreadable and SyntaxError."""
    return look_into(path, data, read(data), project)


def fault(path: str, before: bytes, after: bytes) -> str | None:
    """Why the result is not to be written: its JSON or its code cannot be read, or a name is not defined any more."""
    try:
        was, now = read(before).source, read(after).source
    except Unreadable as error:
        return f"the result would be no notebook: {error}"
    return python_files.fault(path, was, now)


def imports(path: str, data: bytes, names: Iterable[str]) -> list[Edit]:
    """Raises Unreadable and SyntaxError."""
    return imports_into(path, read(data), names)


def read(data: bytes) -> Embedded:
    """The code cells of a notebook, with magics and shell lines blanked. Raises Unreadable."""
    try:
        notebook = json.loads(data.decode("utf-8-sig"))
    except ValueError as error:
        raise Unreadable(f"no JSON: {error}") from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise Unreadable("no notebook of format 4: open it in Jupyter and save it")
    language = _language(notebook.get("metadata"))
    if language != "python":
        raise Unreadable(f"a notebook of {language} cells")
    embedded = Embedded()
    for cell in _cells(data):
        if cell.kind != "code" or not cell.lines:
            continue
        code, offsets = _decode(data, cell)
        try:
            # A surrogate without its other half is JSON, and no text.
            readable = _blank_magics(code.decode("utf-8")).encode("utf-8")
        except (SyntaxError, UnicodeDecodeError) as error:
            place = Span(cell.lines[0][0], cell.lines[-1][1])
            embedded.unread.append(Unread(place, error.msg if isinstance(error, SyntaxError) else error.reason))
            continue
        if readable:
            embedded.add(Piece(readable, offsets, partial(_encode, gap=cell.gap, ascii_only=data.isascii())))
    return embedded


def _language(metadata: Any) -> str:
    metadata = metadata if isinstance(metadata, dict) else {}
    for table, key in (("language_info", "name"), ("kernelspec", "language")):
        name = metadata.get(table, {}).get(key)
        if isinstance(name, str):
            return "python" if name.lower() in ("python", "ipython") else name
    return "python"


def _cells(data: bytes) -> Iterator[_Cell]:
    """The cells with the places of their source. The JSON is known to be sound."""
    path: list[Any] = []
    keys: list[bool] = []  # for each open bracket, whether the next string in it is a key
    cell = _Cell()
    previous_end = 0
    for token in _TOKEN.finditer(data):
        text = token[0]
        if text in b"{[":
            keys.append(text == b"{")
            path.append(None if text == b"{" else 0)
        elif text in b"}]":
            keys.pop()
            path.pop()
            if text == b"}" and len(path) == 2 and path[0] == "cells":
                yield cell
                cell = _Cell()
        elif text == b",":
            if isinstance(path[-1], int):
                path[-1] += 1
            else:
                keys[-1] = True
        elif text == b":":
            continue
        elif keys and keys[-1]:
            path[-1] = json.loads(text)
            keys[-1] = False
        elif path[:1] == ["cells"] and len(path) in (3, 4):
            if path[2] == "cell_type":
                cell.kind = json.loads(text)
            elif path[2] == "source":
                if len(cell.lines) == 1:
                    cell.gap = data[cell.lines[0][1] : token.start()]
                elif not cell.lines and len(path) == 4:
                    # What json.dump would put between this line and one that an edit adds.
                    cell.gap = b"," + (data[previous_end : token.start()] or b" ")
                cell.lines.append(token.span())
        previous_end = token.end()


def _decode(data: bytes, cell: _Cell) -> tuple[bytes, array[int]]:
    code = bytearray()
    offsets = array("q")
    end = 0
    for literal_start, literal_end in cell.lines:
        end = literal_end - 1
        for character in _CHARACTER.finditer(data, literal_start + 1, end):
            raw = character[0]
            decoded = json.loads(b'"%b"' % raw).encode("utf-8", "surrogatepass") if raw[:1] == b"\\" else raw
            code += decoded
            offsets.extend([character.start()] * len(decoded))
    offsets.append(end)
    return bytes(code), offsets


def _encode(code: bytes, *, gap: bytes, ascii_only: bool) -> bytes:
    quoted = json.dumps(code.decode("utf-8"), ensure_ascii=ascii_only)[1:-1].encode("utf-8")
    # A source that is one string has its line breaks in it, a source that is a list has one string a line.
    return re.sub(rb"(?<!\\)((?:\\\\)*)\\n", rb'\1\\n"' + gap.replace(b"\\", rb"\\") + b'"', quoted) if gap else quoted


def _blank_magics(code: str) -> str:
    """The cell with blanks for its magics; nothing is left of a cell in another language.

    Raises:
        SyntaxError: it is no Python without them either.
    """
    lines = re.split(r"(?<=\n)", code)
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines[first].startswith("%%"):
        if not _PYTHON_CELLS.match(lines[first]):
            return ""
        lines[first] = _blank(lines[first], 0)
    continued = -1
    while True:
        source = "".join(lines)
        try:
            ast.parse(source)
        except SyntaxError as error:
            number = (error.lineno or 1) - 1
            line = lines[number] if number < len(lines) else ""
            magic = _MAGIC.match(line)
            if magic is None and number != continued:
                raise
            if line.rstrip().endswith("\\"):
                continued = number + 1
            lines[number] = _blank(line, magic.end("target") if magic else 0)
        else:
            return source


def _blank(line: str, start: int) -> str:
    """A statement of the same bytes, so that a block which has nothing else goes on being one."""
    kept = line[:start]
    body = line[start:].rstrip("\r\n")
    return kept + "0" + " " * (len(body.encode("utf-8")) - 1) + line[start + len(body) :]
