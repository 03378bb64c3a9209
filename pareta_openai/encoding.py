"""Arguments → request body, without looking twice at what is plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SCALARS = frozenset({str, int, float, bool, type(None)})


def split_plain(arguments: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Those `arguments` that JSON can hold as they are, as they are at this moment, and all others."""
    plain, others = {}, {}
    for name, value in arguments.items():
        try:
            plain[name] = _copy(value)
        except (_NotPlain, RecursionError):
            others[name] = value
    return plain, others


class _NotPlain(Exception):
    """There is more to it than JSON has names for."""


def _copy(value: Any) -> Any:
    """A retry sends what the caller gave, whatever has become of the caller's own since."""
    kind = type(value)
    if kind in _SCALARS:
        return value
    if kind is dict:
        if any(type(name) is not str for name in value):
            raise _NotPlain
        return {name: item if type(item) in _SCALARS else _copy(item) for name, item in value.items()}
    if kind is list:
        return [_copy(item) for item in value]
    raise _NotPlain
