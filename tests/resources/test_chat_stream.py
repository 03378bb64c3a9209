"""Streams of chat chunks: whole, cut short, broken off, and with an error in them."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletionChunk

import pareta_openai
from pareta_openai import IncompleteStreamError
from tests.support import MESSAGES, Answer, ScriptedServer, collect, settle

pytestmark = pytest.mark.anyio

DONE = b"data: [DONE]\n\n"


def event(value: Any) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def chunk(text: str | None, finish_reason: str | None = None, index: int = 0) -> bytes:
    choice = {"index": index, "delta": {"content": text}, "finish_reason": finish_reason}
    return event({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "ep", "choices": [choice]})


def answer(*events: bytes, promised_length: int | None = None) -> Answer:
    return Answer(200, b"".join(events), {"content-type": "text/event-stream"}, promised_length)


async def open_stream(client: Any) -> Any:
    return await settle(client.chat.completions.create(model="ep", messages=MESSAGES, stream=True))


async def read_until_error(stream: Any) -> tuple[list[str], Any]:
    """The texts that came, and what was raised then."""
    texts = []
    try:
        if hasattr(stream, "__aiter__"):
            async for each in stream:
                texts.append(each.choices[0].delta.content)
        else:
            for each in stream:
                texts.append(each.choices[0].delta.content)
    except openai.OpenAIError as error:
        return texts, error
    return texts, None


@pytest.mark.parametrize(
    "events",
    [
        (chunk("a"), chunk("b", "stop"), DONE),
        (chunk("a"), chunk("b", "stop")),  # some servers send no [DONE]
        (chunk("a"), chunk("b"), DONE),  # and some no finish_reason
        (b": ping\n\n", chunk("a"), b"event: message\n" + chunk("b"), DONE, chunk("never")),
    ],
    ids=["both", "finish-reason", "done", "comments"],
)
async def test_a_whole_stream_ends_quietly(scripted: Any, script: ScriptedServer, events: tuple[bytes, ...]) -> None:
    script.answer(answer(*events))
    stream = await open_stream(scripted)
    chunks = await collect(stream)
    assert all(isinstance(each, ChatCompletionChunk) for each in chunks)
    assert [each.choices[0].delta.content for each in chunks] == ["a", "b"]
    assert stream.response.is_closed


async def test_a_stream_that_ends_early_is_an_error_with_the_text_so_far(scripted: Any, script: ScriptedServer) -> None:
    script.answer(answer(chunk("The total "), chunk("other", index=1), chunk("is 5")))
    texts, error = await read_until_error(await open_stream(scripted))
    assert texts == ["The total ", "other", "is 5"]
    assert isinstance(error, IncompleteStreamError)
    assert isinstance(error, openai.APIConnectionError)
    assert error.partial == "The total is 5"
    assert "after 14 characters" in str(error)


async def test_of_a_very_long_stream_that_ends_early_the_beginning_is_kept(
    scripted: Any, script: ScriptedServer
) -> None:
    piece = "ä" * 2**17  # a quarter of a MiB
    script.answer(answer(*[chunk(piece)] * 6))
    texts, error = await read_until_error(await open_stream(scripted))
    assert texts == [piece] * 6
    assert error.partial == piece * 4
    assert f"after more than {2**19} characters" in str(error)


async def test_a_stream_of_nothing_is_an_error(scripted: Any, script: ScriptedServer) -> None:
    script.answer(answer())
    texts, error = await read_until_error(await open_stream(scripted))
    assert (texts, type(error), error.partial) == ([], IncompleteStreamError, "")


async def test_a_connection_that_breaks_in_mid_stream_is_a_connection_error(
    scripted: Any, script: ScriptedServer
) -> None:
    script.answer(answer(chunk("a"), promised_length=10_000))
    texts, error = await read_until_error(await open_stream(scripted))
    assert texts == ["a"]
    assert type(error) is pareta_openai.APIConnectionError
    assert "broke off during the stream" in str(error)
    assert error.__cause__ is not None
    assert len(script.received) == 1


ERRORS = [
    ({"message": "m", "type": "insufficient_credits", "code": None}, "InsufficientCreditsError"),
    ({"message": "m", "type": "x", "code": 402}, "InsufficientCreditsError"),
    ({"message": "m", "type": "x", "code": "503"}, "EndpointNotReadyError"),
    ({"message": "m", "status": 429}, "RateLimitError"),
    ({"message": "m", "type": "BadRequestError", "code": 400}, "BadRequestError"),
    ({"message": "m", "type": "invalid_request_error"}, "BadRequestError"),
    ({"message": "m", "type": "rate_limit_error"}, "RateLimitError"),
    ({"message": "m", "type": "server_error"}, "InternalServerError"),
    ({"message": "m", "code": "endpoint_not_ready"}, "EndpointNotReadyError"),
    ({"message": "m", "type": "not_found_error"}, "NotFoundError"),
    ({"message": "m", "type": "who_knows", "code": "9"}, "APIError"),
    ({"message": "m"}, "APIError"),
    ("plain words m", "APIError"),
]


@pytest.mark.parametrize(("body", "name"), ERRORS)
async def test_an_error_event_is_the_error_of_its_status(
    scripted: Any, script: ScriptedServer, body: Any, name: str
) -> None:
    script.answer(answer(chunk("a"), event({"error": body}), DONE))
    texts, error = await read_until_error(await open_stream(scripted))
    assert texts == ["a"]
    assert type(error) is getattr(pareta_openai, name)
    assert isinstance(error, openai.APIError)
    assert isinstance(error, pareta_openai.ParetaError)
    assert "m" in str(error)
    assert error.body == body
    if name != "APIError":
        assert error.detail == "m"
        assert f"Error code: {error.status_code}" in str(error)


async def test_an_error_event_has_the_hint_of_its_status(scripted: Any, script: ScriptedServer) -> None:
    script.answer(answer(event({"error": {"message": "cold", "code": 503}})))
    _, error = await read_until_error(await open_stream(scripted))
    assert (error.endpoint_id, error.status_code, error.response.status_code) == ("ep", 503, 200)
    assert "client.endpoints.start('ep')" in str(error)


async def test_a_named_error_event_is_an_error_too(scripted: Any, script: ScriptedServer) -> None:
    script.answer(answer(chunk("a"), b'event: error\ndata: {"message": "GPU lost", "code": 500}\n\n'))
    _, error = await read_until_error(await open_stream(scripted))
    assert type(error) is pareta_openai.InternalServerError
    assert error.detail == "GPU lost"


@pytest.mark.parametrize("data", [b"not json", b"{", b"[1]", b"7", b'"text"', b"null", b"[" * 100_000])
async def test_an_event_that_is_no_chunk_is_a_pareta_error(scripted: Any, script: ScriptedServer, data: bytes) -> None:
    script.answer(answer(b"data: " + data + b"\n\n", DONE))
    _, error = await read_until_error(await open_stream(scripted))
    assert isinstance(error, pareta_openai.APIResponseValidationError)


async def test_the_stream_helper_raises_the_same(scripted: Any, script: ScriptedServer) -> None:
    script.answer(answer(chunk("a"), event({"error": {"message": "m", "code": 402}})))
    completions = scripted.chat.completions
    helper = completions.stream if hasattr(completions, "stream") else scripted.beta.chat.completions.stream

    async def use() -> None:
        manager = helper(model="ep", messages=MESSAGES)
        if hasattr(manager, "__aenter__"):
            async with manager as stream:
                await collect(stream)
        else:
            with manager as stream:
                list(stream)

    with pytest.raises(pareta_openai.InsufficientCreditsError):
        await use()


async def test_leaving_the_loop_and_the_block_closes_the_response(scripted: Any, script: ScriptedServer) -> None:
    script.answer(answer(chunk("a"), chunk("b"), promised_length=10_000))
    stream = await open_stream(scripted)
    if hasattr(stream, "__aenter__"):
        async with stream:
            async for _ in stream:
                break
    else:
        with stream:
            for _ in stream:
                break
    assert stream.response.is_closed


async def test_a_loop_that_was_left_goes_on_where_it_stopped(scripted: Any, script: ScriptedServer) -> None:
    script.answer(answer(chunk("a"), chunk("b"), chunk("c", "stop"), DONE))
    stream = await open_stream(scripted)
    if hasattr(stream, "__anext__"):
        first = await stream.__anext__()
    else:
        first = next(stream)
    rest = await collect(stream)
    assert [each.choices[0].delta.content for each in (first, *rest)] == ["a", "b", "c"]
