"""A value that fits a JSON schema: the same one each time, and a small one."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from .errors import NotAcceptable

# Below this depth only what the schema requires is filled in, which is what ends recursive schemas.
_SPARSE_FROM = 6
_DEEPEST = 48
_LARGEST = 20_000

_FORMATS = {
    "date": "2025-01-31",
    "date-time": "2025-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "duration": "P1D",
    "email": "someone@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def example_json(schema: Mapping[str, Any]) -> str:
    """JSON for the part of JSON Schema that structured outputs use; `pattern` and `not` are not looked at.

    Raises `NotAcceptable` for a schema that is malformed, too large, or recursive without an end.
    """
    try:
        return json.dumps(_Generator(schema).value(schema, "value", 0), allow_nan=False)
    # The schema is a stranger's data: whatever is wrong with its form ends in one of these.
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise NotAcceptable(f"No value can be made for this JSON schema: {error}.") from error


class _Generator:
    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._budget = _LARGEST

    def value(self, schema: Any, name: str, depth: int) -> Any:
        self._spend(1)
        if depth > _DEEPEST:
            raise ValueError("it is nested too deeply")
        if schema is True or schema == {}:
            return name
        if "$ref" in schema:
            return self.value(self._resolve(schema["$ref"]), name, depth + 1)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        for union in ("anyOf", "oneOf"):
            if union in schema:
                return self.value(_alternative(schema[union], depth), name, depth + 1)
        if "allOf" in schema:
            return self.value(self._merged(schema), name, depth + 1)
        return self._typed(schema, name, depth)

    def _typed(self, schema: Mapping[str, Any], name: str, depth: int) -> Any:
        kind = schema.get("type", "object" if "properties" in schema else "string")
        if isinstance(kind, list):
            kind = "null" if "null" in kind and depth >= _SPARSE_FROM else kind[0]
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            return self._array(schema, name, depth)
        if kind in ("integer", "number"):
            return _number(schema, whole=kind == "integer")
        if kind == "string":
            return self._string(schema, name)
        if kind == "boolean":
            return True
        if kind == "null":
            return None
        raise ValueError(f"it has an unknown type {kind!r}")

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        properties = schema.get("properties", {})
        wanted = dict.fromkeys(schema.get("required", []))
        if depth < _SPARSE_FROM:
            wanted = dict.fromkeys([*properties, *wanted])
        return {key: self.value(properties.get(key, True), key, depth + 1) for key in wanted}

    def _array(self, schema: Mapping[str, Any], name: str, depth: int) -> list[Any]:
        first = schema.get("prefixItems", [])
        usual = 0 if depth >= _SPARSE_FROM else 1
        length = max(len(first), schema.get("minItems", min(usual, schema.get("maxItems", usual))))
        self._spend(length)
        items = [self.value(item, name, depth + 1) for item in first]
        rest = schema.get("items", True)
        return items + [self.value(rest, name, depth + 1) for _ in range(length - len(items))]

    def _string(self, schema: Mapping[str, Any], name: str) -> str:
        if schema.get("format") in _FORMATS:
            return _FORMATS[schema["format"]]
        shortest = schema.get("minLength", 0)
        self._spend(shortest)
        return name.ljust(shortest, "_")[: schema.get("maxLength")]

    def _merged(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        merged = {key: value for key, value in schema.items() if key != "allOf"}
        for part in schema["allOf"]:
            resolved = self._resolve(part["$ref"]) if "$ref" in part else part
            for key, value in resolved.items():
                if key == "properties":
                    merged[key] = {**merged.get(key, {}), **value}
                elif key == "required":
                    merged[key] = [*merged.get(key, []), *value]
                else:
                    merged.setdefault(key, value)
        return merged

    def _resolve(self, reference: str) -> Any:
        if not reference.startswith("#"):
            raise ValueError(f"it refers to {reference!r}, outside itself")
        found: Any = self._root
        for step in reference[1:].split("/")[1:]:
            found = found[step.replace("~1", "/").replace("~0", "~")]
        return found

    def _spend(self, amount: int) -> None:
        self._budget -= amount
        if self._budget < 0:
            raise ValueError("its smallest value is too large")


def _alternative(options: list[Any], depth: int) -> Any:
    """The first option; deep down the null one, if there is one."""
    if depth >= _SPARSE_FROM:
        return next((option for option in options if option.get("type") == "null"), options[0])
    return options[0]


def _number(schema: Mapping[str, Any], *, whole: bool) -> float:
    """Zero, or what lies next to a bound, or between two bounds that are close together."""
    lowest = max(schema.get("minimum", -math.inf), schema.get("exclusiveMinimum", -math.inf))
    highest = min(schema.get("maximum", math.inf), schema.get("exclusiveMaximum", math.inf))
    step = schema.get("multipleOf", 1)
    bounds = [bound for bound in (lowest, highest) if math.isfinite(bound)]
    candidates: list[float] = [
        0,
        *((math.floor(bound / step) + near) * step for bound in bounds for near in (0, 1, -1)),
    ]
    if len(bounds) == 2 and not whole:
        candidates.append(sum(bounds) / 2)
    excluded = (schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum"))
    for candidate in candidates:
        if lowest <= candidate <= highest and candidate not in excluded:
            return candidate
    raise ValueError("no number lies between its bounds")
