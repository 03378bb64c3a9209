"""An answer takes no more memory than a small multiple of its own size."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from pareta_openai import APIConnectionError, ParetaError
from tests.fuzz.harness import RawServer, outcome
from tests.fuzz.operations import MODES, OPERATIONS, perform
from tests.fuzz.test_streams import CHUNKS, over_http, read_chat
from tests.support import COMPLETION

SIZE = 10 * 2**20
BY_NAME = {operation.name: operation for operation in OPERATIONS}


def answer(body: bytes, status: int = 200, content_type: str = "application/json") -> bytes:
    head = f"HTTP/1.1 {status} Said So\r\ncontent-type: {content_type}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def completion(text: str) -> bytes:
    message = {"role": "assistant", "content": text}
    return json.dumps({**COMPLETION, "choices": [{"index": 0, "finish_reason": "stop", "message": message}]}).encode()


def peak(call: Callable[[], Any]) -> int:
    tracemalloc.start()
    try:
        outcome(call)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def chunk(text: str) -> bytes:
    spoken = {**CHUNKS[1], "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": "stop"}]}
    return b"data: " + json.dumps(spoken).encode() + b"\n\ndata: [DONE]\n\n"


WORDS = "ab " * (SIZE // 3)


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        pytest.param("chat.completions.create", answer(completion("x" * SIZE)), id="a completion"),
        pytest.param("tasks.retrieve", answer(b'{"id": "' + b"x" * SIZE + b'"}'), id="a task"),
        pytest.param("tasks.retrieve", answer(b'"' + b"x" * SIZE + b'"'), id="JSON of another shape"),
        pytest.param("tasks.retrieve", answer(b'{"id": "' + b"x" * SIZE), id="JSON cut short"),
        pytest.param("tasks.retrieve", answer(b"x" * SIZE, content_type="text/html"), id="a page"),
        pytest.param("tasks.retrieve", answer(json.dumps({"detail": WORDS}).encode(), 400), id="a long refusal"),
        pytest.param("tasks.retrieve", answer(WORDS.encode(), 502, "text/plain"), id="a refusal in plain text"),
    ],
)
def test_an_answer_of_10_mib_takes_a_few_times_its_memory(
    run: Callable[..., Any], server: RawServer, name: str, sent: bytes
) -> None:
    server.answer = sent
    assert peak(lambda: run(lambda client: perform(client, BY_NAME[name]))) < 6 * SIZE


@pytest.mark.parametrize("status", [200, 307, 500])
@pytest.mark.parametrize("mode", MODES)
def test_an_answer_that_unpacks_to_a_thousand_times_its_size_is_refused(
    run: Callable[..., Any], server: RawServer, mode: str, status: int
) -> None:
    packed = gzip.compress(b'"' + b"x" * 2**26 + b'"')
    head = (
        f"HTTP/1.1 {status} Said So\r\nlocation: /\r\ncontent-encoding: gzip\r\ncontent-length: {len(packed)}\r\n\r\n"
    )
    server.answer = head.encode() + packed

    def call() -> Any:
        return run(lambda client: perform(client, BY_NAME["tasks.retrieve"], mode))

    assert isinstance(outcome(call), APIConnectionError)
    assert peak(call) < 4 * 2**20


def test_a_coding_that_was_not_asked_for_is_refused(run: Callable[..., Any], server: RawServer) -> None:
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip, gzip\r\ncontent-length: {SIZE}\r\n\r\n"
    server.answer = head.encode() + b"x" * SIZE
    given = outcome(lambda: run(lambda client: perform(client, BY_NAME["tasks.retrieve"])))
    assert isinstance(given, APIConnectionError)


@pytest.mark.parametrize("record", ["{}", '{"a":1}'])
@pytest.mark.parametrize("name", ["endpoints.list", "tasks.retrieve"])
def test_a_host_of_records_with_nothing_in_them_is_refused(
    run: Callable[..., Any], server: RawServer, name: str, record: str
) -> None:
    records = "[" + ",".join([record] * 100_000) + "]"
    server.answer = answer((records if name == "endpoints.list" else f'{{"id": "t", "x": {records}}}').encode())
    assert peak(lambda: run(lambda client: perform(client, BY_NAME[name]))) < 6 * len(records)


def test_a_streamed_event_of_10_mib_takes_a_few_times_its_memory(run: Callable[..., Any], server: RawServer) -> None:
    server.answer = over_http(chunk("x" * SIZE))
    assert peak(lambda: run(read_chat)) < 6 * SIZE


def test_an_error_event_of_10_mib_takes_a_few_times_its_memory(run: Callable[..., Any], server: RawServer) -> None:
    server.answer = over_http(b'event: error\ndata: {"error": {"message": "' + WORDS.encode() + b'"}}\n\n')
    assert isinstance(outcome(lambda: run(read_chat)), ParetaError)
    assert peak(lambda: run(read_chat)) < 6 * SIZE
