"""A Python file's bytes as text, and places in it."""

from __future__ import annotations

import ast
import codecs
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from tokenize import detect_encoding

from .findings import Span

_LINE_END = re.compile(rb"\r\n|\r|\n")


class Unreadable(ValueError):
    """A file whose bytes are not what they say they are; the message says what is wrong."""


@dataclass(frozen=True)
class Source:
    """UTF-8 `data`, and what is needed to write the file's own bytes again."""

    data: bytes
    encoding: str = "utf-8"
    mark: bytes = b""

    @classmethod
    def from_bytes(cls, raw: bytes) -> Source:
        """Decodes as Python does: byte-order mark, then the coding comment, then UTF-8. Raises Unreadable."""
        mark = codecs.BOM_UTF8 if raw.startswith(codecs.BOM_UTF8) else b""
        body = raw[len(mark) :]
        if b"coding" not in body[:400] and b"\0" not in body:
            try:
                body.decode()
            except UnicodeDecodeError as error:
                raise Unreadable(f"not UTF-8, and no coding comment: {error.reason}") from None
            return cls(body, "utf-8", mark)
        try:
            encoding, _ = detect_encoding(BytesIO(raw).readline)
            text = body.decode(encoding)
            same = text.encode(encoding) == body
        except (SyntaxError, UnicodeError, LookupError) as error:
            raise Unreadable(str(error)) from None
        if b"\0" in body or not same:
            raise Unreadable("its bytes do not come back from its own encoding")
        return cls(text.encode(), encoding, mark)

    def to_bytes(self, data: bytes) -> bytes:
        """The file's bytes for other UTF-8 `data`. Raises UnicodeError for what the encoding has not."""
        body = data if self.encoding.startswith("utf-8") else data.decode().encode(self.encoding)
        return self.mark + body

    @cached_property
    def line_starts(self) -> list[int]:
        """Offset of each line, as the parser counts lines."""
        return [0, *(match.end() for match in _LINE_END.finditer(self.data))]

    @cached_property
    def newline(self) -> bytes:
        """The line end of the first line."""
        match = _LINE_END.search(self.data)
        return match.group() if match else b"\n"

    def line(self, position: int) -> int:
        """The number of the line that has this offset, from 1."""
        return bisect_right(self.line_starts, position)

    def column(self, position: int) -> int:
        """In bytes from the start of its line, from 1."""
        return position - self.line_starts[self.line(position) - 1] + 1

    def span(self, node: ast.AST) -> Span:
        """The bytes of a node that has a position."""
        starts = self.line_starts
        return Span(
            starts[node.lineno - 1] + node.col_offset,  # type: ignore[attr-defined]
            starts[node.end_lineno - 1] + node.end_col_offset,  # type: ignore[attr-defined]
        )
