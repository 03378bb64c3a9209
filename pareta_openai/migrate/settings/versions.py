"""Which requirement of `openai` leaves room for this package's own."""

from __future__ import annotations

import re

NEEDS = "openai>=1.66,<4"
_OLDEST = (1, 66)
_CLAUSE = re.compile(r"(===|==|~=|<=|<|\^|~|(?<![<>=!])=(?!=)|)\s*v?(\d+(?:\.\d+)*)")


def too_old(specifier: str) -> bool:
    """Whether `specifier`, as pip, Poetry or conda writes it, allows no openai that is new enough."""
    return any(_is_below(operator, version) for operator, version in _clauses(specifier))


def _clauses(specifier: str) -> list[tuple[str, str]]:
    clauses = []
    for part in specifier.split(","):
        found = _CLAUSE.match(part.strip())
        if found:
            clauses.append((found[1] or "==", found[2]))
    return clauses


def _is_below(operator: str, version: str) -> bool:
    numbers = tuple(int(number) for number in version.split("."))
    if operator == "<":
        return numbers <= _OLDEST
    if operator in ("<=", "==", "===", "="):
        # conda's = and a bare major take every version below them.
        return numbers < _OLDEST[: len(numbers)]
    if operator == "^":
        # The first number that is not zero stays.
        return numbers[0] == 0
    # ~= and ~: the last number may grow, or of ~1 and ~1.30.2 the second or third.
    kept = numbers[:-1] if operator == "~=" else numbers[:2]
    return kept < _OLDEST[: len(kept)]
