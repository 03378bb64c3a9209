"""The contract's operations, read from its OpenAPI document: which one a request asks for, and how it is answered."""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from .errors import NotAcceptable

CHAT = "createChatCompletion"
DEPLOY = "deployEndpoint"
UPLOAD = "uploadBlob"


@dataclass(frozen=True)
class Operation:
    """`id` is the document's `operationId`, `template` its path there, and `path` what paths fit it: None for what
    another host than the API's takes.

    `takes_body` is whether a request has one, `streams` and `answers_json` say how it can be answered where it is.
    `is_newer` is what only newer platforms have, and `may_be_lacking` what they may lack.
    """

    id: str
    method: str
    template: str
    path: re.Pattern[str] | None
    takes_body: bool
    streams: bool
    answers_json: bool
    is_newer: bool
    may_be_lacking: bool


@cache
def contract_text() -> str:
    """The OpenAPI document."""
    return (resources.files("pareta_openai") / "openapi.json").read_text(encoding="utf-8")


@cache
def operations() -> dict[str, Operation]:
    """Every operation of the contract by its id, also those that only newer platforms have."""
    document = json.loads(contract_text())
    return {
        operation["operationId"]: _operation(document, method, path, operation, is_elsewhere="servers" in item)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if isinstance(operation, dict) and "operationId" in operation
    }


def require_operation(operation_id: str) -> Operation:
    """Raises `NotAcceptable` for an id that the contract does not have."""
    found = operations().get(operation_id)
    if found is None:
        near = difflib.get_close_matches(operation_id, operations(), 1, 0.0)
        raise NotAcceptable(f"No operation {operation_id!r} in the contract. Did you mean {near[0]!r}?")
    return found


def find_operation(method: str, path: str) -> Operation | None:
    """What a request to the API asks for."""
    for operation in operations().values():
        if operation.method == method and operation.path is not None and operation.path.fullmatch(path):
            return operation
    return None


def operations_at(path: str) -> list[Operation]:
    """What the contract has there, in the order of its document."""
    found = [operation for operation in operations().values() if operation.path and operation.path.fullmatch(path)]
    # A path that is written out goes before one that has a parameter in its place.
    literal = [operation for operation in found if operation.path and operation.path.pattern == re.escape(path)]
    return literal or found


def _operation(
    document: dict[str, Any], method: str, path: str, operation: dict[str, Any], *, is_elsewhere: bool
) -> Operation:
    answers = {
        kind
        for status, answer in operation["responses"].items()
        if status.startswith("2")
        for kind in _resolved(document, answer).get("content", {})
    }
    return Operation(
        id=operation["operationId"],
        method=method.upper(),
        template=path,
        path=None if is_elsewhere else re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))),
        takes_body="requestBody" in operation,
        streams="text/event-stream" in answers,
        answers_json="application/json" in answers,
        is_newer="x-platform" in operation,
        may_be_lacking="x-platform-may-lack" in operation,
    )


def _resolved(document: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in item:
        found: Any = document
        for name in item["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        item = found
    return item
