"""What is set for OpenAI's own platform goes to no other: every method is called, and every byte searched."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from pareta_openai import resources
from tests.fuzz.operations import OPERATIONS, perform
from tests.support import MESSAGES, ScriptedServer, collect, json_answer, settle
from tests.test_client import CANARIES, KEY

pytestmark = pytest.mark.anyio

NAMESPACES = ("openai.resources", resources.__name__)
# Those that wait for an end that no junk brings, or for a `with`; what they ask with is called by itself.
WAITING = ("poll", "wait", "ensure_live", "stream")


def namespaces(client: Any) -> Iterator[tuple[str, Any]]:
    """All that hang on a client, and on one another, under their names."""
    waiting: list[tuple[str, Any]] = [("", client)]
    while waiting:
        path, holder = waiting.pop()
        names = {*vars(holder), *(name for name in dir(type(holder)) if not callable(getattr(type(holder), name)))}
        for name in sorted(name for name in names if not name.startswith(("_", "with_"))):
            try:
                found = getattr(holder, name)
            except Exception:
                continue  # one that takes a package, which the call would take too
            if type(found).__module__.startswith(NAMESPACES):
                waiting.append((f"{path}{name}.", found))
                yield f"{path}{name}.", found


def methods(namespace: Any) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, method in inspect.getmembers(namespace, callable):
        if not name.startswith(("_", "with_")) and not any(word in name for word in WAITING):
            yield name, method


def junk(method: Callable[..., Any]) -> dict[str, Any]:
    """Something for each argument that has to be there."""
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    parameters = inspect.signature(method).parameters.values()
    needed = [each.name for each in parameters if each.kind in kinds and each.default is each.empty]
    more = {"messages": MESSAGES, "file": b"%PDF", "image": b"PNG", "items": [{"input": "a", "expected": "b"}]}
    return {name: more.get(name, "x") for name in needed}


@pytest.fixture
def client(build: Callable[..., Any], script: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in CANARIES.items():
        monkeypatch.setenv(name, value)
    script.answer(json_answer({}))
    return build(api_key=KEY, base_url=script.base_url)


def require_no_canary(script: ScriptedServer) -> int:
    """How many bytes were searched."""
    for received in script.received:
        assert b"canary" not in received.raw.lower(), received.path
        assert KEY.encode() in received.raw
    return sum(len(received.raw) for received in script.received)


async def test_no_method_of_ours_sends_what_is_set_for_openai(client: Any, script: ScriptedServer) -> None:
    for operation in OPERATIONS:
        script.answer(json_answer(operation.answer))
        before = len(script.received)
        with suppress(*operation.raises):
            await perform(client, operation)
        assert len(script.received) > before, operation
    stream = await settle(client.endpoints.deploy(task="t"))
    with suppress(Exception):
        await collect(stream)
    assert require_no_canary(script) > 0


async def test_every_method_of_ours_is_among_those_that_were_called(client: Any) -> None:
    called = {operation.name.partition(",")[0] for operation in OPERATIONS} | {"endpoints.deploy", "endpoints.metrics"}
    # OpenAI's evals, which Pareta has not: refused before anything is sent.
    called |= {f"evals.{name}" for name in ("create", "retrieve", "update", "list", "delete")}
    ours = {
        f"{path}{name}"
        for path, namespace in namespaces(client)
        for name, method in methods(namespace)
        if getattr(method, "__module__", "").startswith(resources.__name__)
    }
    assert {"tasks.list", "evals.sets.create"} <= ours
    assert ours <= called


async def test_no_method_of_openais_sends_what_is_set_for_openai(client: Any, script: ScriptedServer) -> None:
    called = 0
    for _, namespace in namespaces(client.with_options(allow_unsupported=True)):
        for _, method in methods(namespace):
            called += 1
            with suppress(Exception):  # what it makes of the answer, or of the junk, is not the question
                await settle(method(**junk(method)))
    assert require_no_canary(script) > 50_000
    assert len(script.received) > called / 3
