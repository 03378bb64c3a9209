"""A request that is made of the last one is, in every part, the one that openai's own HTTP client builds."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from typing import Any

import openai
import pytest

import pareta_openai
from pareta_openai import _openai, quick_requests
from pareta_openai.event_loops import EventLoopsHttpClient
from pareta_openai.transports import default_transport
from tests.support import MESSAGES, ScriptedServer, settle

pytestmark = pytest.mark.anyio

URL = "https://api.pareta.ai/v1/chat/completions"
HEADERS = [("accept", "application/json"), ("x-own", "once"), ("idempotency-key", "k-1"), ("x-own", "again")]
PLAIN: dict[str, Any] = {"method": "post", "url": URL, "headers": HEADERS, "content": b"{}", "timeout": 9.0}

CALLS: dict[str, dict[str, Any]] = {
    "plain": {},
    "other content": {"content": "ä".encode() * 5000},
    "another key": {"headers": [*HEADERS[:2], ("idempotency-key", "k-2"), HEADERS[3]]},
    "the key elsewhere": {"headers": [HEADERS[2], *HEADERS[:2], HEADERS[3]]},
    "another header": {"headers": [*HEADERS, ("x-stainless-retry-count", "1")]},
    "a header in place of the client's": {"headers": [*HEADERS, ("user-agent", "own")]},
    "a length of its own": {"headers": [*HEADERS, ("content-length", "2")]},
    "two keys": {"headers": [*HEADERS, ("idempotency-key", "k-3")]},
    "no key": {"headers": HEADERS[:2]},
    "headers as openai 2 gives them": {"headers": dict(HEADERS)},
    "another URL": {"url": URL + "?a=b"},
    "another timeout": {"timeout": openai.Timeout(3, connect=1)},
    "no timeout": {"timeout": None},
    "no content": {"content": b""},
    "text for content": {"content": "{}"},
    "JSON": {"content": None, "json": {"a": 1}},
    "a query": {"params": {"a": "b"}},
    "another method": {"method": "put"},
    "something else": {"extensions": {"own": {"a": 1}}},
}


def described(request: Any) -> dict[str, Any]:
    return {
        "method": request.method,
        "url": str(request.url),
        "headers": request.headers.raw,
        "content": request.content,
        "stream": type(request.stream),
        "extensions": {name: dict(value) for name, value in request.extensions.items()},
    }


@pytest.fixture(params=[quick_requests.HttpClient, EventLoopsHttpClient])
async def clients(request: pytest.FixtureRequest) -> Any:
    """Ours and openai's."""
    ours = request.param()
    theirs = openai.DefaultHttpxClient()
    yield ours, theirs
    await settle(ours.aclose() if hasattr(ours, "aclose") else ours.close())
    theirs.close()


@pytest.mark.parametrize("name", CALLS)
async def test_it_is_openais(clients: Any, name: str) -> None:
    call = {**PLAIN, **CALLS[name]}
    for arguments in (PLAIN, call, call, PLAIN, {**call, "content": call["content"] and call["content"] * 2}):
        ours, theirs = (client.build_request(**arguments) for client in clients)
        assert described(ours) == described(theirs)


CHANGES: dict[str, Callable[[Any], None]] = {
    "headers": lambda client: client.headers.update({"x-team": "a"}),
    "cookies": lambda client: client.cookies.set("seen", "1"),
    "params": lambda client: setattr(client, "params", {"a": "b"}),
}


async def test_without_a_timeout_it_is_the_clients_own(clients: Any) -> None:
    arguments = {name: value for name, value in PLAIN.items() if name != "timeout"}
    for _ in range(3):
        ours, theirs = (client.build_request(**arguments) for client in clients)
        assert described(ours) == described(theirs)
        assert ours.extensions["timeout"]["read"] == 600


@pytest.mark.parametrize("name", CHANGES)
async def test_a_client_that_is_changed_changes_its_requests(clients: Any, name: str) -> None:
    built = []
    for client in clients:
        client.build_request(**PLAIN)
        CHANGES[name](client)
        built.append(described(client.build_request(**PLAIN)))
    assert built[0] == built[1]
    assert built[0] != described(openai.DefaultHttpxClient().build_request(**PLAIN))


async def test_what_a_hook_makes_of_a_request_is_not_in_the_next(clients: Any) -> None:
    ours, theirs = clients
    for _ in range(2):
        request = ours.build_request(**PLAIN)
        request.headers["x-hook"] = "1"
        request.extensions["timeout"]["read"] = 0
    assert described(ours.build_request(**PLAIN)) == described(theirs.build_request(**PLAIN))


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PARETA_FAST", "0")
    _openai.is_fast.cache_clear()
    yield
    _openai.is_fast.cache_clear()


@pytest.mark.usefixtures("slowly")
async def test_pareta_fast_0_has_every_request_built_in_full(clients: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    built = []
    transport = default_transport()
    original = transport.Client.build_request

    for kind in (transport.Client, transport.AsyncClient):
        monkeypatch.setattr(kind, "build_request", lambda *a, **k: (built.append(1), original(*a, **k))[1])
    for _ in range(3):
        clients[0].build_request(**PLAIN)
    assert len(built) == 3


@pytest.mark.parametrize("kind", ["sync", "async"])
async def test_a_call_leaves_nothing_for_the_collector_where_openais_leaves_nothing(
    kind: str, script: ScriptedServer
) -> None:
    left = {}
    for module in (openai, pareta_openai):
        client: Any = getattr(module, "OpenAI" if kind == "sync" else "AsyncOpenAI")(
            api_key="pareta_sk_x", base_url=f"{script.base_url}/v1"
        )
        call = {"model": "ep", "messages": MESSAGES}
        await settle(client.chat.completions.create(**call))
        gc.collect()
        gc.disable()
        try:
            await settle(client.chat.completions.create(**call))
            left[module] = gc.collect()
        finally:
            gc.enable()
        await settle(client.close())
    assert left[pareta_openai] == 0 or left[openai] > 0
