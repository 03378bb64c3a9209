"""JSON of every wrong shape: what is put in place of what is right, and how it is written."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st


def listed(text: str) -> list[str]:
    """What stands in `text` between bars; a backslash escapes as in a literal of Python's."""
    return text.replace("\n", "").encode("latin-1", "backslashreplace").decode("unicode_escape").split("|")


class Written(str):
    """JSON as it is to be sent, which no value of Python's makes."""


_NUMBERS = listed("NaN|Infinity|-Infinity|1e999|-1e999|1e-999|-0")
_NESTED = ["[" * depth + "]" * depth for depth in (90, 250, 300, 600, 900, 100_000)]
_NESTED += ['{"a":' * depth + "1" + "}" * depth for depth in (90, 300, 900)]
_INVALID = ['{"id":1,"id":null,"id":[]}', '"\\ud83d"', "[1,]", "nul", "'a'", "\ufeff1", "/**/1", "9" * 4300, "9" * 4301]

VALUES: list[Any] = [None, True, False, 0, -1, 1, 1.5, -0.0, 10**30, -(10**400)]
VALUES += listed("x|0|12|-1.5|NaN|Infinity|live|stopped|failed|completed|high|http://[|2026-01-01T00:00:00Z|²")
VALUES += ["", "\ud800", "a\x00b", "\u202e", "a" * 5000, "9" * 5000, "http://127.0.0.1:99999/"]
VALUES += [[], [None], [[]], [[[1]], "a", {}], ["a", "b"], [0.5, None, "a"], [{}], [{"id": None}], [1] * 300]
VALUES += [{}, {"id": "a"}, {"\ud800": 1}, {"": 1}, {"a": {"b": [{}]}}, {"loc": "a", "msg": []}, {"cls": 1}]
VALUES += map(Written, _NUMBERS + _NESTED + _INVALID)

NAMES = listed("id|name|status|task|detail|message|event|error|data|choices|usage|parsed|refusal|billed_micro_usd")
NAMES += listed("cls|self|values|fields_set|_fields_set|__cls|_BaseModel__cls|construct|copy|json|get|to_dict|cost|0")
NAMES += listed("__class__|__dict__|__slots__|model_fields|model_config|model_extra|_request_id|pareto_front")
NAMES += listed("__pydantic_extra__|__pydantic_fields_set__|__pydantic_private__|recommended_system_prompt")
NAMES += ["", " ", "\ud800", "a\x00b", "a" * 300]


def write(value: Any) -> str:
    if isinstance(value, Written):
        return value
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{write(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(write, value)) + "]"
    return json.dumps(value)


def write_bytes(value: Any) -> bytes:
    """As `write`, halves of characters included."""
    return write(value).encode("utf-8", errors="surrogatepass")


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each container in `value`, with each of its keys or indices."""
    if isinstance(value, dict):
        items: Any = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    else:
        return
    for key, item in list(items):
        yield value, key
        yield from _places(item)


_CHANGES = st.sampled_from(listed("replace|replace|replace|replace|remove|add|add|whole"))
_CHANGE = st.tuples(_CHANGES, st.integers(0, 60), st.integers(0, len(VALUES) - 1), st.sampled_from(NAMES))
SPOILING = st.lists(_CHANGE, min_size=1, max_size=3)


def spoil(value: Any, spoiling: list[tuple[str, int, int, str]]) -> Any:
    root = [copy.deepcopy(value)]
    for what, where, which, name in spoiling:
        places = list(_places(root))
        container, key = places[0] if what == "whole" else places[where % len(places)]
        junk = copy.deepcopy(VALUES[which])
        if what == "remove" and container is not root:
            del container[key]
        elif what == "add" and isinstance(container, dict):
            container[name] = junk
        else:
            container[key] = junk
    return root[0]
