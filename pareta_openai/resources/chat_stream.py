"""The chunks of a chat completion as they come, and what it cost."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, cast

import openai
from openai.types.chat import ChatCompletionChunk

from .. import _openai, bodies, errors
from ..decoding import EventDecoder, ServerSentEvent, read_json
from ..types.chat import receipt

if TYPE_CHECKING:
    from ..transports import Response


_KEPT = 2**20
"""In bytes: so much of an answer's text is kept for whom it breaks off, however long it becomes."""


class _Answer:
    """What has come of an answer: the chunks in their order, and whether it is whole."""

    def __init__(self, client: Any, response: Response) -> None:
        self._client = client
        self._response = response
        self._read_fast = _openai.fast_reader(client, ChatCompletionChunk)
        self._text = bytearray()
        self._is_cut = False
        self._has_begun = False
        self._is_whole = False

    def read(self, sent: ServerSentEvent) -> ChatCompletionChunk | None:
        """The chunk in an event; None where it says that there are no more. Raises what an error event says."""
        self._has_begun = True
        event, data = sent
        if data.startswith(b"[DONE]"):
            self._is_whole = True
            return None
        chunk = None
        if self._read_fast is not None and event != "error":
            try:
                chunk = self._read_fast(data)
            except ValueError:
                """Which openai may be able to read all the same."""
        if chunk is None or (chunk.__pydantic_extra__ and chunk.__pydantic_extra__.get("error")):
            chunk = self._read_slowly(sent)
        for choice in chunk.choices or ():
            if choice.finish_reason is not None:
                self._is_whole = True
            if choice.index == 0 and choice.delta:
                content = choice.delta.content
                if isinstance(content, str):
                    if len(self._text) < _KEPT:
                        self._text += content.encode("utf-8", "surrogatepass")
                    else:
                        self._is_cut = True
        return chunk

    def _read_slowly(self, sent: ServerSentEvent) -> ChatCompletionChunk:
        try:
            data = read_json(sent.text)
        except ValueError:
            reason = f"an event that is no JSON ({len(sent.text)} characters)"
            raise errors.unreadable_answer(self._response, reason, sent.text) from None
        if sent.event == "error" or (isinstance(data, dict) and data.get("error")):
            raise errors.stream_error(self._response, data)
        if not _has_shape_of_chunk(data):
            raise errors.unreadable_answer(self._response, "an event that is no chunk of an answer", data)
        chunk: ChatCompletionChunk = _openai.read_chunk(self._client, data, ChatCompletionChunk, self._response)
        return chunk

    def check_whole(self) -> None:
        if not self._has_begun:
            errors.require_events(self._response)
        if not self._is_whole:
            partial = self._text.decode("utf-8", "surrogatepass")
            request = self._response.request
            raise errors.IncompleteStreamError(partial=partial, request=request, is_cut=self._is_cut)


def _has_shape_of_chunk(data: object) -> bool:
    """Whether what is read from a chunk here, and by whoever goes through its choices, can be there."""
    choices = data.get("choices") if isinstance(data, dict) else 0
    return choices is None or (
        isinstance(choices, list)
        and all(isinstance(one, dict) and isinstance(one.get("delta"), (dict, type(None))) for one in choices)
    )


class _Receipt:
    """What a streamed completion cost, which its headers tell before its first chunk.

    Mixed in behind openai's class: openai reads the type of chunk from the first base.
    """

    served_by = "pareta"
    """Or ``fallback``, where the client has one and it answered."""

    @property
    def billed_micro_usd(self) -> int | None:
        """What the call was billed; 1 000 000 is $1."""
        return cast("int | None", self._receipt("billed_micro_usd"))

    @property
    def frontier_would_have_cost_micro_usd(self) -> int | None:
        """What the task's frontier model would have cost for it."""
        return cast("int | None", self._receipt("frontier_would_have_cost_micro_usd"))

    @property
    def savings_factor(self) -> float | None:
        """How many times what was billed that is."""
        return self._receipt("savings_factor")

    def _receipt(self: Any, name: str) -> float | None:
        return receipt(self.response.headers)[name]


class ChatStream(openai.Stream[ChatCompletionChunk], _Receipt):
    """openai's stream of chunks, and what it cost.

    Raises, while it is read, the error that an error event stands for, `APIConnectionError` where the connection
    breaks, and `IncompleteStreamError` where the stream ends before the answer does.
    """

    def __init__(self, *, client: Any, response: Any, **arguments: Any) -> None:
        super().__init__(client=client, response=response, **arguments)
        _openai.forget_iterator(self)
        self._chunks = _read(response, _Answer(client, response))

    def __next__(self) -> ChatCompletionChunk:
        return next(self._chunks)

    def __iter__(self) -> Iterator[ChatCompletionChunk]:
        return self._chunks


def _read(response: Response, answer: _Answer) -> Iterator[ChatCompletionChunk]:
    decoder = EventDecoder()
    body = response.iter_bytes()
    try:
        for data in body:
            for sent in decoder.feed(data):
                chunk = answer.read(sent)
                if chunk is None:
                    bodies.read_rest(response, body)
                    return
                yield chunk
    except bodies.body_errors() as error:
        raise errors.broken_off(response.request, error, during="the stream") from error
    finally:
        response.close()
    answer.check_whole()


class AsyncChatStream(openai.AsyncStream[ChatCompletionChunk], _Receipt):
    """`ChatStream`, awaited."""

    def __init__(self, *, client: Any, response: Any, **arguments: Any) -> None:
        super().__init__(client=client, response=response, **arguments)
        _openai.forget_iterator(self)
        self._chunks = _async_read(response, _Answer(client, response))

    async def __anext__(self) -> ChatCompletionChunk:
        return await self._chunks.__anext__()

    def __aiter__(self) -> AsyncIterator[ChatCompletionChunk]:
        return self._chunks

    async def close(self) -> None:
        """Release the connection, whatever is still to come on it."""
        await bodies.end_reading(self._chunks)
        await super().close()


async def _async_read(response: Response, answer: _Answer) -> AsyncGenerator[ChatCompletionChunk]:
    decoder = EventDecoder()
    body = response.aiter_bytes()
    try:
        async with aclosing(body):
            async for data in body:
                for sent in decoder.feed(data):
                    chunk = answer.read(sent)
                    if chunk is None:
                        await bodies.async_read_rest(response, body)
                        return
                    yield chunk
    except bodies.body_errors() as error:
        raise errors.broken_off(response.request, error, during="the stream") from error
    finally:
        await response.aclose()
    answer.check_whole()
