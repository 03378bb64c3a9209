from __future__ import annotations

import enum
import json
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, Field, TypeAdapter

from pareta_openai.local.errors import NotAcceptable
from pareta_openai.local.json_schema import example_json


class Colour(enum.Enum):
    RED = "red"


class Party(BaseModel):
    name: str
    role: Literal["buyer", "seller"]


class Node(BaseModel):
    label: str
    children: list[Node]
    parent: Node | None


class Clause(BaseModel):
    heading: str | None
    party: Party


@pytest.mark.parametrize(
    "kind",
    [
        int,
        str,
        bool,
        None,
        float | None,
        list[Party],
        dict[str, int],
        tuple[int, str],
        Colour,
        Clause,
        Node,
        date,
        datetime,
        UUID,
        Annotated[int, Field(gt=3, lt=5)],
        Annotated[int, Field(ge=-9, le=-7, multiple_of=4)],
        Annotated[int, Field(gt=0, multiple_of=5)],
        Annotated[float, Field(gt=0, lt=0.1)],
        Annotated[float, Field(le=-0.5)],
        Annotated[str, Field(min_length=40)],
        Annotated[str, Field(max_length=2)],
        Annotated[list[int], Field(min_length=3, max_length=4)],
        Annotated[list[int], Field(max_length=0)],
    ],
    ids=str,
)
def test_the_value_fits_its_schema(kind):
    adapter = TypeAdapter(kind)
    adapter.validate_json(example_json(adapter.json_schema()))


def test_the_parts_of_all_of_are_filled_in_together():
    schema = {
        "$defs": {"named": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}},
        "allOf": [{"$ref": "#/$defs/named"}, {"properties": {"age": {"type": "integer"}}}],
    }
    assert json.loads(example_json(schema)) == {"name": "name", "age": 0}


def test_a_required_property_without_a_schema_is_there():
    assert json.loads(example_json({"type": "object", "required": ["x"]})) == {"x": "x"}


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"$ref": "#/nowhere"},
        {"$ref": "https://example.com/schema"},
        {"$ref": 5},
        {"type": "object", "properties": 5},
        {"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]},
        {"type": "object", "properties": {"a": False}},
        {"type": "wish"},
        {"type": []},
        {"enum": []},
        {"anyOf": []},
        {"const": float("nan")},
        {"type": "integer", "minimum": "low"},
        {"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 2},
        {"type": "integer", "minimum": 1, "multipleOf": 0},
        {"type": "string", "maxLength": "short"},
        {"type": "string", "minLength": 10**9},
        {"type": "array", "minItems": 10**9},
        {
            "$ref": "#/$defs/0",
            "$defs": {
                str(n): {"type": "array", "minItems": 2, "items": {"$ref": f"#/$defs/{n + 1}"}} for n in range(40)
            },
        },
    ],
    ids=str,
)
def test_a_schema_that_nothing_can_be_made_for_is_refused(schema):
    with pytest.raises(NotAcceptable, match="JSON schema"):
        example_json(schema)
