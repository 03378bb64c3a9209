"""Python inside another file, such as a notebook: one module to read, and the way of each edit back to the file."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from .findings import Edit, Finding, Span
from .imports_needed import import_edits
from .kinds import Look, Reason
from .module import Module
from .project import Project
from .python_files import Occurrences, check_module
from .source import Source


class Unread(NamedTuple):
    """A piece that is no Python which can be read: where it is in the file, and why it is not."""

    span: Span
    reason: str


class Piece(NamedTuple):
    """A cell or code block: its code, and for each byte of it, and for its end, the offset in the file."""

    code: bytes
    offsets: array[int]
    encode: Callable[[bytes], bytes]
    """Makes code into the bytes that stand for it in the file."""


@dataclass
class Embedded:
    """The pieces of a file as one module: names that one piece binds are read by those after it."""

    unread: list[Unread] = field(default_factory=list)
    _pieces: list[Piece] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)
    _source: bytearray = field(default_factory=bytearray)

    @property
    def source(self) -> bytes:
        """The module. Await is legal outside functions in it."""
        return bytes(self._source)

    def add(self, piece: Piece) -> None:
        self._pieces.append(piece)
        self._starts.append(len(self._source))
        self._source += piece.code
        if not piece.code.endswith(b"\n"):
            self._source += b"\n"

    def position(self, offset: int) -> int:
        """Where in the file the byte at `offset` of the module is."""
        piece, inside = self._locate(offset)
        return piece.offsets[min(inside, len(piece.code))]

    def find(self, position: int) -> int | None:
        """The offset in the module of what is at `position` of the file; None outside of code."""
        number = bisect_right(self._pieces, position, key=lambda piece: piece.offsets[0]) - 1
        if number < 0 or position >= self._pieces[number].offsets[-1]:
            return None
        return self._starts[number] + bisect_left(self._pieces[number].offsets, position)

    def place(self, edit: Edit) -> Edit:
        """An edit of the module as an edit of the file.

        Raises:
            ValueError: the edit reaches from one piece into the next.
        """
        start, end, text = edit
        if start < end and text.endswith(b"\n") and self._source[end - 1 : end] == b"\n":
            # A file may have another line break at each place, and at a piece's end none.
            end, text = end - 1, text[:-1]
        piece, first = self._locate(start)
        size = len(piece.code)
        last = first + end - start
        if last > size + 1 or first > size:
            raise ValueError("an edit reaches over the end of a cell or code block")
        return Edit(piece.offsets[first], piece.offsets[min(last, size)], piece.encode(text))

    def _locate(self, offset: int) -> tuple[Piece, int]:
        index = bisect_right(self._starts, offset) - 1
        return self._pieces[index], offset - self._starts[index]


def look_into(path: str, data: bytes, code: Embedded, project: Project) -> Look:
    """What the rules find in the code. ``await`` may stand outside functions there, as it does in a notebook.

    Raises:
        SyntaxError: no piece has an error, and together they have.
    """
    module = Module(Source(code.source), path, project, top_level_await=True)
    findings = [_placed(finding, code) for finding in check_module(module, project)]
    occurrences = Occurrences(module)

    def reason(span: Span) -> Reason:
        for unread in code.unread:
            if unread.span.start <= span.start < unread.span.end:
                return Reason("manual", f"this code cannot be read ({unread.reason}): look it over")
        start = code.find(span.start)
        if start is None:
            return Reason("left", "text that no code reads")
        end = start + span.end - span.start
        if module.data[start:end].lower() != b"openai":
            return Reason("left", "a magic or shell line")
        return occurrences.reason(Span(start, end))

    return Look(Source(data), findings, reason)


def imports_into(path: str, code: Embedded, names: Iterable[str]) -> list[Edit]:
    """The edits that import the dotted `names`. Raises SyntaxError."""
    module = Module(Source(code.source), path, top_level_await=True)
    return [code.place(edit) for edit in import_edits(module, names)]


def _placed(finding: Finding, code: Embedded) -> Finding:
    span = Span(code.position(finding.span.start), code.position(finding.span.end))
    return replace(finding, span=span, edits=tuple(map(code.place, finding.edits)))
