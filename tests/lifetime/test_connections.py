"""A connection is used again, and shared by a client and its copies."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import openai
import pytest

import pareta_openai
from pareta_openai import bodies, transports
from pareta_openai.local import faults
from tests.lifetime.leftovers import Held, collect_garbage
from tests.lifetime.setting import Setting
from tests.support import MESSAGES, collect, settle

pytestmark = pytest.mark.anyio


@pytest.fixture
def accepted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many connections each server of this process has accepted, by its URL."""
    counts: Counter[str] = Counter()
    accept = socket.socket.accept

    def counted(self: socket.socket) -> tuple[socket.socket, Any]:
        answer = accept(self)
        counts[f"http://127.0.0.1:{self.getsockname()[1]}"] += 1
        return answer

    monkeypatch.setattr(socket.socket, "accept", counted)
    return counts


async def call(setting: Setting, client: Any, what: str) -> None:
    completions = client.chat.completions
    arguments = {"model": setting.endpoint, "messages": MESSAGES}
    if what == "plain":
        await setting.chat(client)
    elif what == "refused":
        with pytest.raises(openai.NotFoundError):
            await settle(completions.create(model="nobody", messages=MESSAGES))
    elif what == "failed":
        with pytest.raises(openai.InternalServerError):
            await setting.chat(client, extra_headers=faults.header(faults.html(502)))
    elif what == "stream":
        await collect(await setting.chat(client, stream=True))
    elif what == "raw stream":
        raw = await settle(completions.with_raw_response.create(stream=True, **arguments))
        await collect(raw.parse())
    elif what == "stream helper":
        # openai 1.66 has it under beta only.
        manager = (completions if hasattr(completions, "stream") else client.beta.chat.completions).stream(**arguments)
        if setting.kind == "sync":
            with manager as stream:
                list(stream)
        else:
            async with manager as stream:
                await collect(stream)
    elif what == "deploy":
        await collect(await settle(client.endpoints.deploy(task="invoice-extraction")))
        await settle(client.endpoints.deploy(task="invoice-extraction", wait=True))
    else:
        raise ValueError(what)


@pytest.mark.parametrize("what", ["plain", "refused", "failed", "stream", "raw stream", "stream helper", "deploy"])
async def test_a_connection_is_used_again(setting: Setting, accepted: Counter[str], what: str) -> None:
    before = accepted[setting.url]
    client = setting.client()
    for _ in range(5):
        await call(setting, client, what)
    await settle(client.close())
    assert accepted[setting.url] - before == 1


class _Sealed:
    """A network stream of the transport's whose `read` cannot be replaced."""

    __slots__ = ()

    def read(self) -> bytes:
        return b""


@pytest.mark.parametrize("stream", [None, _Sealed(), object()])
async def test_where_reads_cannot_be_hurried_a_stream_is_read_and_its_connection_closed(
    setting: Setting, accepted: Counter[str], monkeypatch: pytest.MonkeyPatch, stream: Any
) -> None:
    """Only the sync client replaces anything there."""
    original = transports.hurried_reads

    def elsewhere(response: Any, seconds: float) -> Any:
        response.extensions["network_stream"] = stream
        return original(response, seconds)

    monkeypatch.setattr(bodies, "hurried_reads", elsewhere)
    before = accepted[setting.url]
    client = setting.client()
    for _ in range(2):
        await call(setting, client, "stream")
    await settle(client.close())
    assert accepted[setting.url] - before == (2 if setting.kind == "sync" else 1)


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
CHUNK = (
    b'data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"ep","choices":'
    b'[{"index":0,"delta":{"content":"Hello"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
)
LIVE = b'event: complete\ndata: {"endpoint": {"id": "ep_1", "status": "live"}}\n\n'


@pytest.fixture
def never_ending(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a server that says all there is to say, and leaves it to the client to close the connection."""

    def serve() -> None:
        try:
            connection, _ = server.accept()
        except OSError:
            return  # nobody came
        with connection:
            connection.recv(65536)
            connection.sendall(HEAD + b"%x\r\n%s\r\n" % (len(request.param), request.param))
            connection.settimeout(20)
            while connection.recv(65536):
                pass

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize("never_ending", [CHUNK], indirect=True)
async def test_a_stream_ends_with_its_answer_though_the_connection_goes_on(kind: str, never_ending: str) -> None:
    client = _client(kind, never_ending)
    before = Held()
    stream = await settle(client.chat.completions.create(model="ep", messages=MESSAGES, stream=True))
    assert [chunk.choices[0].delta.content for chunk in await collect(stream)] == ["Hello"]
    await before.nothing_new()
    await settle(client.close())


@pytest.mark.parametrize("never_ending", [LIVE], indirect=True)
async def test_a_deploy_ends_when_it_is_live_though_the_connection_goes_on(kind: str, never_ending: str) -> None:
    client = _client(kind, never_ending)
    endpoint = await settle(client.endpoints.deploy(task="invoice-extraction", wait=True))
    assert endpoint.id == "ep_1"
    await settle(client.close())


def _client(kind: str, url: str) -> Any:
    client_class = pareta_openai.OpenAI if kind == "sync" else pareta_openai.AsyncOpenAI
    return client_class(api_key="pareta_sk_test_0123456789", base_url=url, max_retries=0)


async def test_copies_share_their_connections(setting: Setting, accepted: Counter[str]) -> None:
    before = accepted[setting.url]
    client = setting.client()
    for each in (client, client.with_options(timeout=7), client.copy().with_options(max_retries=1), client):
        await setting.chat(each)
    await settle(client.close())
    assert accepted[setting.url] - before == 1


async def test_a_client_its_copies_and_its_http_client_are_closed_together_as_openais_are(setting: Setting) -> None:
    closed = {}
    for make in (openai, pareta_openai):
        before = Held()
        is_async = setting.kind != "sync"
        client_class: Any = make.AsyncOpenAI if is_async else make.OpenAI
        http = openai.DefaultAsyncHttpxClient() if is_async else openai.DefaultHttpxClient()
        for given in ({}, {"http_client": http}):
            client = client_class(api_key=setting.organisation.api_key, base_url=f"{setting.url}/v1", **given)
            copy, other = client.with_options(timeout=7), client.copy()
            await setting.chat(client)
            await settle(copy.close())
            closed[make, bool(given)] = [each.is_closed() for each in (client, copy, other)] + [http.is_closed]
        await before.nothing_new()
    assert closed[pareta_openai, False] == closed[openai, False]
    assert closed[pareta_openai, True] == closed[openai, True]


async def test_dropping_a_copy_leaves_the_client_open(setting: Setting, accepted: Counter[str]) -> None:
    before = accepted[setting.url]
    client = setting.client()
    await setting.chat(client)
    await setting.chat(client.with_options(timeout=7))
    await collect_garbage()
    assert not client.is_closed()
    await setting.chat(client)
    await settle(client.close())
    assert accepted[setting.url] - before == 1
