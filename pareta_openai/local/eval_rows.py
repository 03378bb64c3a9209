"""The rows of an eval set, as JSON Lines that are checked one by one."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO, cast

from .errors import NotAcceptable
from .scoring import Answer

_LONGEST_LINE = 8 << 20
_DEEPEST = 64


def read_rows(lines: BinaryIO, *, needs_input: bool, check_expected: Callable[[Answer], object]) -> Iterator[str]:
    """The text of each row; blank lines are none.

    A row is an object with `input`, and mostly with `expected`: each is text or an object, and `check_expected` raises
    `ValueError` for what cannot be expected. Raises `NotAcceptable` for the first line that is no row, and names the
    line.
    """
    number = 0
    while line := lines.readline(_LONGEST_LINE + 1):
        number += 1
        try:
            if len(line) > _LONGEST_LINE:
                raise ValueError(f"it is longer than {_LONGEST_LINE >> 20} MiB")
            text = line.decode().strip()
            if text:
                _check(text, needs_input, check_expected)
                yield text
        except ValueError as error:
            raise NotAcceptable(f"items, line {number}: {error}.") from error


def load_row(text: str) -> dict[str, Any]:
    """Raises `ValueError` for what is no JSON object."""
    try:
        row = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON: {error.msg}, column {error.colno}") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(row, dict):
        raise ValueError("a row is a JSON object")
    return row


def expected_of(row: Mapping[str, Any]) -> Answer | None:
    """``expected_output`` is what the platform's newer clients call it."""
    expected = row.get("expected")
    return cast("Answer | None", row.get("expected_output") if expected is None else expected)


def first_object(text: str) -> dict[str, Any] | None:
    """What the first JSON object in a text says, if there is one: models like to say something around it."""
    try:
        value, _ = _DECODER.raw_decode(text, text.index("{"))
        json.dumps(value, ensure_ascii=False).encode()
    except (RecursionError, ValueError):
        return None
    return None if _is_deep(value) else value


def _check(text: str, needs_input: bool, check_expected: Callable[[Answer], object]) -> None:
    row = load_row(text)
    given, expected = row.get("input"), expected_of(row)
    if not given and (needs_input or given is not None):
        raise ValueError("the row has no input")
    for name, value in (("input", given), ("expected", expected)):
        if not isinstance(value, (str, dict, type(None))):
            raise ValueError(f"{name} is neither text nor an object")
    if "\\u" in text:
        # JSON can spell half of a surrogate pair, which no answer could quote.
        json.dumps(row, ensure_ascii=False).encode()
    if text.count("[") + text.count("{") > _DEEPEST and _is_deep(row):
        raise ValueError("it is nested too deeply")
    if expected is not None:
        check_expected(expected)


def _is_deep(row: dict[str, Any]) -> bool:
    level: list[Any] = [row]
    for _ in range(_DEEPEST):
        level = [
            child
            for value in level
            for child in (value.values() if isinstance(value, dict) else value)
            if isinstance(child, (dict, list))
        ]
        if not level:
            return False
    return True


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(f"{number} is no number that JSON can hold")
    return value


def _not_in_json(constant: str) -> float:
    raise ValueError(f"{constant} is not in JSON")


_DECODER = json.JSONDecoder(parse_float=_finite, parse_constant=_not_in_json)
