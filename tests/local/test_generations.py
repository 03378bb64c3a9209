"""Which generation of the platform answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest

from pareta_openai.local import LocalPlatform
from tests.local.conftest import Caller

DOCUMENT: dict[str, Any] = json.loads(resources.files("pareta_openai").joinpath("openapi.json").read_text("utf-8"))
RECEIPT = ("X-Pareta-Billed", "X-Pareta-Frontier-Would-Have-Cost")


def routes(mark: str) -> list[tuple[str, str]]:
    """Method and path of what the document marks with it."""
    return [
        (method.upper(), re.sub(r"\{\w+\}", "x", path))
        for path, item in DOCUMENT["paths"].items()
        for method, operation in item.items()
        if isinstance(operation, dict) and mark in operation
    ]


NEWER = routes("x-platform")
MAY_BE_LACKING = routes("x-platform-may-lack")


@pytest.fixture(scope="module", params=["0.3", "3.0", None])
def generation(request: pytest.FixtureRequest) -> Iterator[tuple[str | None, Caller]]:
    with LocalPlatform(platform=request.param) as platform:
        organisation = platform.create_organisation(endpoints=("invoice-extraction",))
        yield request.param, Caller(platform.base_url, organisation.api_key)


@pytest.fixture
def name(generation: tuple[str | None, Caller]) -> str | None:
    return generation[0]


@pytest.fixture
def call(generation: tuple[str | None, Caller]) -> Caller:
    return generation[1]


def has_route(call: Caller, method: str, path: str) -> bool:
    """Asked without a key, so that nothing happens: what is there refuses."""
    status = Caller(call.base_url, None)(method, path, {} if method == "POST" else None).status
    assert status in (401, 404, 405)
    return status == 401


@pytest.mark.parametrize(("method", "path"), NEWER, ids=[path for _, path in NEWER])
def test_newer_routes_are_not_on_the_older_platform(name: str | None, call: Caller, method: str, path: str) -> None:
    assert has_route(call, method, path) == (name != "0.3")


@pytest.mark.parametrize(("method", "path"), MAY_BE_LACKING, ids=[" ".join(route) for route in MAY_BE_LACKING])
def test_endpoints_and_leaderboards_are_not_on_the_newer_platform(
    name: str | None, call: Caller, method: str, path: str
) -> None:
    assert has_route(call, method, path) == (name != "3.0")


def test_receipts_are_sent_by_the_newer_platform(name: str | None, call: Caller) -> None:
    answer = call.chat(model="invoice-kie-1")
    assert answer.status == 200
    assert [header in answer.headers for header in RECEIPT] == [name != "0.3"] * 2


def test_the_model_auto_is_of_the_newer_platform(name: str | None, call: Caller) -> None:
    answer = call.chat(model="auto")
    assert answer.status == (404 if name == "0.3" else 200)
    if name == "0.3":
        assert answer.detail == "'auto' is a model of newer platforms: this one is 0.3."


def test_the_documentation_has_what_is_served(name: str | None, call: Caller) -> None:
    paths = call("GET", "/openapi.json").json()["paths"]
    assert ("/v1/embeddings" in paths, "/v1/endpoints" in paths) == (name != "0.3", name != "3.0")


def test_a_method_that_is_not_served_there_is_refused_with_those_that_are(call: Caller) -> None:
    answer = call("PATCH", "/v1/eval-sets")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, POST")
    assert answer.detail == "PATCH is not for /v1/eval-sets, which takes GET, POST."


def test_a_platform_that_there_never_was_is_refused() -> None:
    with pytest.raises(ValueError, match=r"platform is '2\.0', which is none of '0\.3', '3\.0'\."):
        LocalPlatform(platform="2.0")
