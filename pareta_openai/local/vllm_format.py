"""How a reply looks on the wire: OpenAI's chat completions, as vLLM writes them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from pydantic_core import to_json

from .responder import Choice, Reply, ToolCall, Usage, tokens_in

DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True)
class Heading:
    """What each piece of one answer begins with; `created` is in seconds since the epoch."""

    id: str
    created: int
    model: str


@dataclass(frozen=True)
class Logprobs:
    """How many alternatives to each token are told. The k-th likeliest token has a probability of 2 to the power -k."""

    alternatives: int

    def of(self, tokens: tuple[str, ...]) -> dict[str, Any]:
        return {"content": [self._of_token(token) for token in tokens]}

    def _of_token(self, token: str) -> dict[str, Any]:
        # Longer than any token, and so another one.
        others = [f"token {place}" for place in range(2, self.alternatives + 1)]
        ranked = [_logprob(said, place) for place, said in enumerate([token, *others], 1)]
        return {**ranked[0], "top_logprobs": ranked[: self.alternatives]}


def completion(heading: Heading, reply: Reply, *, logprobs: Logprobs | None) -> bytes:
    """The answer in one piece."""
    choices = [
        {
            "index": index,
            "message": _message(choice),
            "logprobs": logprobs.of(choice.pieces) if logprobs and choice.pieces else None,
            "finish_reason": choice.finish_reason,
            "stop_reason": choice.stop_reason,
        }
        for index, choice in enumerate(reply.choices)
    ]
    return to_json({**_head(heading, "chat.completion"), "choices": choices, "usage": _usage(reply.usage)})


def events(heading: Heading, reply: Reply, *, logprobs: Logprobs | None, include_usage: bool) -> Iterator[bytes]:
    """The answer as a stream's events. The choices take turns."""
    head = _head(heading, "chat.completion.chunk")
    chunks = [_Chunks(head, index, logprobs).of(choice) for index, choice in enumerate(reply.choices)]
    for turn in zip_longest(*chunks):
        yield from (chunk for chunk in turn if chunk is not None)
    if include_usage:
        yield event({**head, "choices": [], "usage": _usage(reply.usage)})
    yield DONE


def event(data: dict[str, Any]) -> bytes:
    return b"data: " + to_json(data) + b"\n\n"


class _Chunks:
    """Of the choice with this `index`."""

    def __init__(self, head: dict[str, Any], index: int, logprobs: Logprobs | None) -> None:
        self._head = head
        self._index = index
        self._logprobs = logprobs

    def of(self, choice: Choice) -> Iterator[bytes]:
        yield self._chunk({"role": "assistant", "content": ""})
        if self._logprobs:
            for piece in choice.pieces:
                yield self._chunk({"content": piece}, logprobs=self._logprobs.of((piece,)))
        else:
            # A long answer is mostly these, and they differ in their text alone.
            before, _, after = self._chunk({"content": "…"}).rpartition('"…"'.encode())
            for piece in choice.pieces:
                yield before + to_json(piece) + after
        for place, call in enumerate(choice.tool_calls):
            yield self._call({"id": call.id, "type": "function", "index": place, "function": {"name": call.name}})
            for piece in tokens_in(call.arguments):
                yield self._call({"index": place, "function": {"arguments": piece}})
        yield self._chunk(
            {} if choice.tool_calls else {"content": ""},
            finish_reason=choice.finish_reason,
            stop_reason=choice.stop_reason,
        )

    def _call(self, delta: dict[str, Any]) -> bytes:
        return self._chunk({"tool_calls": [delta]})

    def _chunk(
        self,
        delta: dict[str, Any],
        *,
        logprobs: dict[str, Any] | None = None,
        finish_reason: str | None = None,
        **more: Any,
    ) -> bytes:
        choice = {"index": self._index, "delta": delta, "logprobs": logprobs, "finish_reason": finish_reason, **more}
        return event({**self._head, "choices": [choice]})


def _head(heading: Heading, kind: str) -> dict[str, Any]:
    return {"id": heading.id, "object": kind, "created": heading.created, "model": heading.model}


def _usage(usage: Usage) -> dict[str, int]:
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
    }


def _message(choice: Choice) -> dict[str, Any]:
    if choice.tool_calls:
        calls = [_tool_call(call) for call in choice.tool_calls]
        return {"role": "assistant", "content": choice.text or None, "tool_calls": calls}
    return {"role": "assistant", "content": choice.text}


def _tool_call(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def _logprob(token: str, place: int) -> dict[str, Any]:
    return {"token": token, "logprob": round(-place * math.log(2), 6), "bytes": list(token.encode())}
