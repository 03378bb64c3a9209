"""Fuzzing what comes as a stream of events: chat completions and deploys. See `harness` for longer runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.resources.chat.completions import Completions

from pareta_openai import ParetaError
from pareta_openai.types import DeployEvent, Endpoint
from tests.fuzz.harness import RawServer, bounded, outcome, ran, read_everything
from tests.fuzz.hostile_http import answers, frame
from tests.fuzz.junk import SPOILING, listed, spoil, write
from tests.fuzz.operations import ENDPOINT, NOT_AS_ASKED
from tests.support import MESSAGES, collect, settle

# The standard library says so of its own.
pytestmark = pytest.mark.filterwarnings("ignore:http.cookiejar bug")

HEAD = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "ep_1"}
CHUNKS: list[Any] = [
    {**HEAD, "choices": [{"index": 0, "delta": {"role": "assistant", "content": "Hel"}, "finish_reason": None}]},
    {**HEAD, "choices": [{"index": 0, "delta": {"content": "lo"}, "finish_reason": None}]},
    {**HEAD, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
    {**HEAD, "choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}},
    {"error": {"message": "m", "type": "rate_limit_error", "code": 429}},
]
EVENTS: list[tuple[str, Any]] = [
    ("progress", {"stage": "pulling weights", "label": "Pulling", "pct": 12.5}),
    ("progress", {"stage": "starting", "pct": 99}),
    ("complete", {"endpoint": ENDPOINT}),
    ("error", {"message": "no capacity", "stage": "placing"}),
]
_NOISE = listed(r"""
|:|: ping|data: [DONE]|data: [DONE] and more|event: error|event: complete|data:|data|data: null|data: 1|data: []|
data: "x"|data: {|data: {}|id: 1|retry: x|event:|\0|data: {\r\ndata: }|event: complete\ndata: x|
event: error\ndata: [1]""")
NOISE = st.sampled_from([*_NOISE, 'data: {"error": {"code": "' + "4" * 5000 + '"}}'])
CUTS = st.lists(st.integers(1, 600), max_size=6)


def _stream(events: st.SearchStrategy[str], last: str) -> st.SearchStrategy[bytes]:
    """Events, some of them spoiled, with noise between them, ended as they should be or not."""
    pieces = st.lists(st.one_of(events, events, events, NOISE), max_size=6)
    ends = st.sampled_from([last, last, ""])
    return st.builds(
        lambda parts, end: "".join(f"{part}\n\n" for part in [*parts, end]).encode("utf-8", errors="surrogatepass"),
        pieces,
        ends,
    )


def _spoiled(value: Any) -> st.SearchStrategy[Any]:
    return st.one_of(st.just(value), SPOILING.map(lambda spoiling: spoil(value, spoiling)))


CHAT = _stream(st.sampled_from(CHUNKS).flatmap(_spoiled).map(lambda chunk: f"data: {write(chunk)}"), "data: [DONE]")
DEPLOY = _stream(
    st.sampled_from(EVENTS).flatmap(
        lambda event: _spoiled(event[1]).map(lambda data: f"event: {event[0]}\ndata: {write(data)}")
    ),
    f"event: complete\ndata: {write(EVENTS[2][1])}",
)
EVENT_STREAM = b"text/event-stream"


def over_http(stream: bytes, cuts: Iterable[int] = ()) -> bytes:
    framing, framed = frame(stream, "chunked", cuts)
    return b"HTTP/1.1 200 OK\r\ncontent-type: " + EVENT_STREAM + b"\r\n" + framing + b"\r\n" + framed


def _any_answer(stream: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """Three of four are whole HTTP, so that it is the events that matter."""
    whole = st.builds(over_http, stream, CUTS)
    return st.one_of(whole, whole, whole, stream.flatmap(lambda right: answers(right, EVENT_STREAM)))


async def read_chat(client: Any) -> Any:
    stream = await settle(client.chat.completions.create(model="ep_1", messages=MESSAGES, stream=True))
    try:
        return await collect(stream)
    finally:
        _ = stream.billed_micro_usd, stream.frontier_would_have_cost_micro_usd, stream.savings_factor
        await settle(stream.close())


async def accumulate_chat(client: Any) -> Any:
    """By openai's helper, which puts the answer together from its chunks."""
    managed = client.chat.completions.stream(model="ep_1", messages=MESSAGES)
    if hasattr(managed, "__aenter__"):
        async with managed as stream:
            await collect(stream)
            return await stream.get_final_completion()
    with managed as stream:
        await collect(stream)
        return stream.get_final_completion()


READ_CHAT = [read_chat, *([accumulate_chat] if hasattr(Completions, "stream") else [])]
"""The oldest openai has the helper below `beta` only, where it is openai's own."""


async def read_deploy(client: Any) -> Any:
    stream = await settle(client.endpoints.deploy(task="t"))
    events = await collect(stream)
    assert all(isinstance(event, DeployEvent) for event in events)
    read_everything(events)
    return stream.endpoint


async def wait_for_deploy(client: Any) -> Any:
    news: list[DeployEvent] = []
    endpoint = await settle(client.endpoints.deploy(task="t", wait=True, progress=True, on_progress=news.append))
    read_everything(news)
    return endpoint


@bounded(500)
@given(_any_answer(CHAT), st.sampled_from(READ_CHAT))
def test_whatever_comes_on_a_chat_stream_the_caller_gets_chunks_or_a_pareta_error(
    run: Callable[..., Any], server: RawServer, answer: bytes, call: Callable[[Any], Any]
) -> None:
    ran["streams: chat"] += 1
    server.answer = answer
    with suppress(*NOT_AS_ASKED):
        read_everything(outcome(lambda: run(call)))


@bounded(400)
@given(_any_answer(DEPLOY), st.sampled_from([read_deploy, wait_for_deploy]))
def test_whatever_comes_on_a_deploy_stream_the_caller_gets_an_endpoint_or_a_pareta_error(
    run: Callable[..., Any], server: RawServer, answer: bytes, call: Callable[[Any], Any]
) -> None:
    ran["streams: deploy"] += 1
    server.answer = answer
    given = outcome(lambda: run(call))
    assert isinstance(given, (Endpoint, ParetaError))
    read_everything(given)
