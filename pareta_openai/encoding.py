"""Arguments → request body, without looking twice at what is plain data."""

from __future__ import annotations

from typing import Any

_SCALARS = frozenset({str, int, float, bool, type(None)})


def copy_plain(arguments: dict[str, Any]) -> dict[str, Any] | None:
    """`arguments` as they are at this moment, where JSON can hold them all as they are."""
    try:
        copied: dict[str, Any] = _copy(arguments)
    except (_NotPlain, RecursionError):
        return None
    return copied


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
