"""`AsyncOpenAI(transport="aiohttp")`."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import pickle
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import aiohttp
import openai
import pytest

from pareta_openai import AsyncOpenAI, OpenAI, ParetaError
from pareta_openai.local import LocalPlatform, Organisation
from tests.support import COMPLETION, MESSAGES, ScriptedServer, collect, json_answer

pytestmark = pytest.mark.anyio

KEY = "pareta_sk_aiohttp_0123456789"


@pytest.fixture
def connectors(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What each of aiohttp's pools of connections was made with."""
    made: list[dict[str, Any]] = []
    original = aiohttp.TCPConnector

    def make(**arguments: Any) -> aiohttp.TCPConnector:
        made.append(arguments)
        return original(**arguments)

    monkeypatch.setattr(aiohttp, "TCPConnector", make)
    return made


@pytest.fixture
async def build() -> AsyncIterator[Callable[..., AsyncOpenAI]]:
    built: list[AsyncOpenAI] = []

    def build(**arguments: Any) -> AsyncOpenAI:
        built.append(AsyncOpenAI(**{"api_key": KEY, "max_retries": 0, "transport": "aiohttp", **arguments}))
        return built[-1]

    yield build
    for client in built:
        await client.close()


async def ask(client: AsyncOpenAI) -> str | None:
    answer = await client.chat.completions.create(model="ep", messages=MESSAGES)
    return answer.choices[0].message.content


async def test_calls_and_streams_go_by_aiohttp(
    build: Callable[..., AsyncOpenAI],
    platform: LocalPlatform,
    organisation: Organisation,
    endpoint: str,
    connectors: list[dict[str, Any]],
) -> None:
    client = build(api_key=organisation.api_key, base_url=platform.base_url)
    organisation.reply("54.00 EUR")
    organisation.reply("54.00 EUR")
    answer = await client.chat.completions.create(model=endpoint, messages=MESSAGES)
    stream = await client.chat.completions.create(model=endpoint, messages=MESSAGES, stream=True)
    streamed = "".join(chunk.choices[0].delta.content or "" for chunk in await collect(stream))
    assert answer.choices[0].message.content == streamed == "54.00 EUR"
    assert len(connectors) == 1


async def test_the_pool_is_as_large_as_openais_and_trusts_whom_openais_trusts(
    build: Callable[..., AsyncOpenAI], script: ScriptedServer, connectors: list[dict[str, Any]]
) -> None:
    await ask(build(base_url=script.base_url))
    assert connectors[0]["limit"] == 1000
    assert len(connectors[0]["ssl"].get_ca_certs()) == 1  # the tests' own, of SSL_CERT_FILE


async def test_a_proxy_of_the_environment_is_used(
    build: Callable[..., AsyncOpenAI], script: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", script.base_url)
    assert await ask(build(base_url="http://pareta.invalid")) == "Hello"
    assert script.received[0].path == "http://pareta.invalid/v1/chat/completions"


async def test_a_cookie_is_sent_back_once(build: Callable[..., AsyncOpenAI], script: ScriptedServer) -> None:
    script.answer(json_answer(COMPLETION, **{"set-cookie": "seen=1"}))
    client = build(base_url=script.base_url)
    await ask(client)
    await ask(client)
    assert {name.lower(): value for name, value in script.received[1].headers.items()}["cookie"] == "seen=1"


async def test_copies_and_pickles_keep_it(
    build: Callable[..., AsyncOpenAI], script: ScriptedServer, connectors: list[dict[str, Any]]
) -> None:
    client = build(base_url=script.base_url, pickle_api_key=True)
    await ask(client)
    await ask(client.with_options(timeout=9))
    assert len(connectors) == 1
    async with pickle.loads(pickle.dumps(client)) as woken:
        await ask(woken)
    assert len(connectors) == 2
    assert "transport='aiohttp'" in repr(client)


async def test_a_copy_can_take_it_up_and_leave_it(script: ScriptedServer, connectors: list[dict[str, Any]]) -> None:
    plain = AsyncOpenAI(api_key=KEY, base_url=script.base_url)
    client = plain.with_options(transport="aiohttp")
    left = client.with_options(http_client=openai.DefaultAsyncHttpxClient())
    async with plain, client, left:
        await ask(client)
        assert len(connectors) == 1
        await ask(left)
        assert len(connectors) == 1
    assert "transport" not in repr(left)


# A closed loop cannot close its sockets any more: the collector does, and says so to whoever wants to hear it.
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_it_works_in_one_event_loop_after_the_other(script: ScriptedServer, caplog: pytest.LogCaptureFixture) -> None:
    client = AsyncOpenAI(api_key=KEY, base_url=script.base_url, transport="aiohttp")
    for _ in range(3):
        assert asyncio.run(ask(client)) == "Hello"
    del client
    for _ in range(3):  # the client, its sessions, their connections
        gc.collect()
    assert "Unclosed" not in caplog.text


def test_one_that_is_dropped_leaves_nothing_behind(script: ScriptedServer, caplog: pytest.LogCaptureFixture) -> None:
    async def drop() -> None:
        await ask(AsyncOpenAI(api_key=KEY, base_url=script.base_url, transport="aiohttp"))
        gc.collect()

    asyncio.run(drop())
    gc.collect()
    assert "Unclosed" not in caplog.text


@pytest.fixture
def silent() -> Iterator[str]:
    """The URL of a server that takes connections, and no more."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


async def test_timeouts_are_openais(build: Callable[..., AsyncOpenAI], silent: str) -> None:
    with pytest.raises(openai.APITimeoutError) as caught:
        await ask(build(base_url=silent, timeout=0.01))
    assert isinstance(caught.value, ParetaError)


async def test_a_server_that_hangs_up_is_no_timeout(build: Callable[..., AsyncOpenAI]) -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        with pytest.raises(openai.APIConnectionError) as caught:
            await ask(build(base_url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"))
    assert not isinstance(caught.value, openai.APITimeoutError)
    assert isinstance(caught.value, ParetaError)


async def test_a_port_that_nobody_listens_on_is_a_connection_error(build: Callable[..., AsyncOpenAI]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    with pytest.raises(openai.APIConnectionError) as caught:
        await ask(build(base_url=url))
    assert not isinstance(caught.value, openai.APITimeoutError)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"transport": "carrier pigeon"}, "give 'aiohttp'"),
        ({"transport": "aiohttp", "http_client": openai.DefaultAsyncHttpxClient()}, "give one of them"),
    ],
)
def test_a_choice_that_cannot_be_made_is_refused(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        AsyncOpenAI(api_key=KEY, **arguments)


def test_the_sync_client_has_no_such_transport() -> None:
    with pytest.raises(ValueError, match="is for AsyncOpenAI"):
        OpenAI(api_key=KEY, transport="aiohttp")  # type: ignore[call-arg]


@pytest.mark.parametrize("openai_has_a_class", [True, False])
def test_what_is_missing_is_named(openai_has_a_class: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if openai_has_a_class:
        # As openai leaves it where it has not found aiohttp.
        monkeypatch.setattr(openai, "DefaultAioHttpClient", openai.DefaultAsyncHttpxClient, raising=False)
    else:
        monkeypatch.delattr(openai, "DefaultAioHttpClient", raising=False)
        monkeypatch.setitem(sys.modules, "httpx_aiohttp", None)
    with pytest.raises(ParetaError, match=r"pip install 'pareta-openai\[fast\]'"):
        AsyncOpenAI(api_key=KEY, transport="aiohttp")


@pytest.mark.parametrize("anyio_backend", ["trio"])
async def test_trio_is_told_that_it_takes_asyncio(build: Callable[..., AsyncOpenAI], script: ScriptedServer) -> None:
    with pytest.raises(openai.OpenAIError, match="asyncio alone"):
        await ask(build(base_url=script.base_url))
