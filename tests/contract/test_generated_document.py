"""What FastAPI says of the local platform's routes, from their code, held against the contract."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest

from pareta_openai.local import LocalPlatform
from tests.contract.test_document import DOCUMENT, OPERATIONS
from tests.local.conftest import Caller

SERVED = [name for name in OPERATIONS if name != "uploadBlob"]
# What narrows a value, and which of two is the narrower one.
AT_LEAST = ("minimum", "minLength", "minItems")
AT_MOST = ("maximum", "maxLength", "maxItems")


@dataclass(frozen=True)
class Schema:
    """A schema with the document that its references are in."""

    document: dict[str, Any]
    keywords: dict[str, Any]

    @classmethod
    def of(cls, document: dict[str, Any], keywords: Any) -> Schema:
        while isinstance(keywords, dict) and "$ref" in keywords:
            found: Any = document
            for step in keywords["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            keywords = found
        return cls(document, keywords if isinstance(keywords, dict) else {})

    def child(self, keywords: Any) -> Schema:
        return Schema.of(self.document, keywords)

    @property
    def branches(self) -> list[Schema]:
        """One for each of its alternatives that say a type."""
        inner = [self.child(one) for keyword in ("anyOf", "oneOf") for one in self.keywords.get(keyword, ())]
        if inner and all(branch.types for branch in inner):
            return [branch for one in inner for branch in one.branches]
        return [Schema(self.document, {**self.keywords, "type": kind}) for kind in sorted(self.types)]

    @property
    def kind(self) -> str:
        """The one type of a branch."""
        return str(self.keywords["type"])

    @property
    def types(self) -> set[str]:
        """Empty where any will do."""
        said = self.keywords.get("type", [])
        values = self.keywords.get("enum", [self.keywords["const"]] if "const" in self.keywords else [])
        names = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
        found = {said} if isinstance(said, str) else set(said)
        found |= {names[type(value)] for value in values}
        for keyword in ("anyOf", "oneOf"):
            for one in self.keywords.get(keyword, ()):
                found |= self.child(one).types
        return found | ({"object"} if not found and "allOf" in self.keywords else set())

    @property
    def required(self) -> set[str]:
        inherited = [name for one in self.keywords.get("allOf", ()) for name in self.child(one).required]
        return {*self.keywords.get("required", ()), *inherited}

    @property
    def properties(self) -> dict[str, Schema]:
        inherited = [self.child(one).properties for one in self.keywords.get("allOf", ())]
        own = {name: self.child(keywords) for name, keywords in self.keywords.get("properties", {}).items()}
        return {name: schema for found in (*inherited, own) for name, schema in found.items()}


def misfit(narrow: Schema, wide: Schema, place: str, *, limits: bool = True) -> str | None:
    """Where and why a value of `narrow` could be none of `wide`. Without `limits` types and what is required count."""
    if not wide.types:
        return None
    if not narrow.types:
        return f"{place} may be anything, and has to be {sorted(wide.types)}"
    for branch in narrow.branches:
        kinds = {branch.kind, "number" if branch.kind == "integer" else branch.kind}
        faults = [_fault(branch, other, place, limits) for other in wide.branches if other.kind in kinds]
        if not faults:
            return f"{place} may be {branch.kind}, and has to be {sorted(wide.types)}"
        if None not in faults:
            return faults[0]
    return None


def _fault(narrow: Schema, wide: Schema, place: str, limits: bool) -> str | None:
    """Of two schemas with the same single type."""
    for keyword in (*AT_LEAST, *AT_MOST, "pattern") if limits else ():
        limit, mine = wide.keywords.get(keyword), narrow.keywords.get(keyword)
        if limit is not None and not (mine is not None and _is_within(keyword, mine, limit)):
            return f"{place}: {keyword} is {mine}, and has to be {limit}"
    if narrow.kind == "array":
        mine, its = narrow.child(narrow.keywords.get("items")), wide.child(wide.keywords.get("items"))
        return misfit(mine, its, f"{place}[]", limits=limits)
    if missing := wide.required - narrow.required:
        return f"{place} may lack {', '.join(sorted(missing))}"
    for name in sorted(narrow.properties.keys() & wide.properties.keys()):
        if fault := misfit(narrow.properties[name], wide.properties[name], f"{place}.{name}", limits=limits):
            return fault
    return None


def _is_within(keyword: str, mine: Any, limit: Any) -> bool:
    if keyword == "pattern":
        return bool(mine == limit)
    return bool(mine >= limit if keyword in AT_LEAST else mine <= limit)


@pytest.fixture(scope="module")
def generated() -> dict[str, Any]:
    with LocalPlatform() as platform:
        document: dict[str, Any] = Caller(platform.base_url, None)("GET", "/openapi.json").json()
    return document


def operation_of(generated: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = generated["paths"][OPERATIONS[name].path][OPERATIONS[name].method.lower()]
    return found


def media_types(part: dict[str, Any]) -> set[str]:
    return set(part.get("content", {}))


def test_it_has_the_contracts_routes_by_their_names(generated: dict[str, Any]) -> None:
    operations = {
        operation["operationId"]: (method.upper(), path)
        for path, item in generated["paths"].items()
        for method, operation in item.items()
        if path.startswith("/v1/")
    }
    assert operations == {name: (OPERATIONS[name].method, OPERATIONS[name].path) for name in SERVED}


@pytest.mark.parametrize("name", SERVED)
def test_a_routes_parameters_are_the_contracts(generated: dict[str, Any], name: str) -> None:
    known = {(parameter["name"], parameter["in"]): parameter for parameter in OPERATIONS[name].parameters}
    takes_any = ("query", "query") in known
    for parameter in operation_of(generated, name).get("parameters", ()):
        key = (parameter["name"], parameter["in"])
        if key not in known and takes_any:
            assert not parameter["required"]
            continue
        assert parameter["required"] == known[key].get("required", False)
        allowed, taken = Schema.of(DOCUMENT, known[key]["schema"]), Schema.of(generated, parameter["schema"])
        assert misfit(allowed, taken, parameter["name"]) is None
    in_path = set(re.findall(r"\{(\w+)\}", OPERATIONS[name].path))
    assert in_path == {name for name, place in known if place == "path"}


@pytest.mark.parametrize("name", [name for name in SERVED if "requestBody" in OPERATIONS[name].definition])
def test_a_route_takes_every_body_that_the_contract_allows(generated: dict[str, Any], name: str) -> None:
    allowed, taken = OPERATIONS[name].definition["requestBody"], operation_of(generated, name)["requestBody"]
    assert media_types(allowed) == media_types(taken)
    for media_type, content in allowed["content"].items():
        narrow = Schema.of(DOCUMENT, content["schema"])
        wide = Schema.of(generated, taken["content"][media_type]["schema"])
        assert misfit(narrow, wide, "body") is None


@pytest.mark.parametrize("name", SERVED)
def test_a_routes_answer_is_one_of_the_contracts(generated: dict[str, Any], name: str) -> None:
    responses = operation_of(generated, name)["responses"]
    (status,) = (status for status in responses if status.startswith("2"))
    allowed = OPERATIONS[name].response(int(status))
    assert media_types(responses[status]) == media_types(allowed)
    for media_type, content in responses[status].get("content", {}).items():
        narrow = Schema.of(generated, content["schema"])
        wide = Schema.of(DOCUMENT, allowed["content"][media_type]["schema"])
        # Real answers are held against the limits elsewhere.
        assert misfit(narrow, wide, "answer", limits=False) is None


@pytest.mark.parametrize(
    ("narrow", "wide", "fault"),
    [
        ({"type": "string"}, {"type": "integer"}, "body may be string, and has to be ['integer']"),
        ({}, {"type": "integer"}, "body may be anything, and has to be ['integer']"),
        ({"type": ["string", "null"]}, {"type": "string"}, "body may be null, and has to be ['string']"),
        ({"enum": ["a", None]}, {"type": "string"}, "body may be null, and has to be ['string']"),
        ({"type": "string"}, {"type": "string", "minLength": 1}, "body: minLength is None, and has to be 1"),
        ({"type": "integer", "maximum": 7}, {"type": "number", "maximum": 5}, "body: maximum is 7, and has to be 5"),
        ({"type": "object"}, {"type": "object", "required": ["id"]}, "body may lack id"),
        (
            {"type": "object", "properties": {"id": {"anyOf": [{"type": "string"}, {"type": "integer"}]}}},
            {"type": "object", "properties": {"id": {"type": "integer"}}},
            "body.id may be string, and has to be ['integer']",
        ),
        (
            {"type": "array", "items": {"type": "number"}},
            {"type": "array", "items": {"type": "integer"}},
            "body[] may be number, and has to be ['integer']",
        ),
        ({"type": "integer", "minimum": 2}, {"type": ["number", "null"], "minimum": 1}, None),
        ({"allOf": [{"type": "object", "required": ["id"]}]}, {"type": "object", "required": ["id"]}, None),
    ],
)
def test_what_does_not_fit_is_told(narrow: dict[str, Any], wide: dict[str, Any], fault: str | None) -> None:
    assert misfit(Schema.of({}, narrow), Schema.of({}, wide), "body") == fault
