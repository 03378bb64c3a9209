"""``# pareta: ignore[PO101]``: comments that keep a rule from a line."""

from __future__ import annotations

import re
import tokenize
from io import StringIO

from .findings import Span
from .source import Source

_COMMENT = re.compile(r"#\s*pareta:\s*ignore(?:\[([^\]]*)\])?")


class Ignores:
    """The ignore comments of a file, and which of them were of use."""

    def __init__(self, source: Source) -> None:
        self._rules: dict[int, frozenset[str] | None] = {}
        self._used: set[int] = set()
        self.spans: dict[int, Span] = {}
        if b"pareta:" in source.data:
            self._read(source)

    def has(self, rule: str, line: int) -> bool:
        """Whether `rule` is ignored on this line; the comment counts as used then."""
        if line not in self._rules:
            return False
        rules = self._rules[line]
        if rules is None or rule in rules:
            self._used.add(line)
            return True
        return False

    def unused(self) -> list[int]:
        """The lines of comments that kept no rule from anything."""
        return sorted(self._rules.keys() - self._used)

    def _read(self, source: Source) -> None:
        text = source.data.decode()
        try:
            tokens = list(tokenize.generate_tokens(StringIO(text, newline="").readline))
        except (tokenize.TokenError, SyntaxError):
            return
        for token in tokens:
            match = _COMMENT.search(token.string) if token.type == tokenize.COMMENT else None
            if match:
                line = token.start[0]
                rules = match.group(1)
                self._rules[line] = frozenset(re.split(r"[\s,]+", rules.strip())) if rules is not None else None
                start = source.line_starts[line - 1] + len(token.line[: token.start[1]].encode())
                self.spans[line] = Span(start, start + len(token.string.encode()))
