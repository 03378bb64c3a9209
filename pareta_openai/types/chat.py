"""Chat completions as openai has them, with the platform's receipt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import openai
from openai.types import CompletionUsage as Usage
from openai.types import chat as openai_chat
from openai.types.chat import ChatCompletion as OpenAIChatCompletion
from openai.types.chat import ChatCompletionChunk, ChatCompletionMessage
from openai.types.chat.chat_completion import Choice


def __getattr__(name: str) -> Any:
    """openai's, for `import pareta_openai as openai`."""
    return getattr(openai_chat, name)


Message = ChatCompletionMessage

__all__ = ["ChatCompletion", "ChatCompletionChunk", "Choice", "Message", "Usage", "attach_receipt", "completion_class"]


_MOST_DIGITS = 18
"""Of an amount: what has more is no money."""


class ChatCompletion(OpenAIChatCompletion):
    """openai's, and what it cost. Platforms that send no receipt leave that None."""

    billed_micro_usd: ClassVar[int | None] = None
    """What the call was billed; 1 000 000 is $1. Never floored."""
    frontier_would_have_cost_micro_usd: ClassVar[int | None] = None
    """What the task's frontier model would have cost for it."""
    savings_factor: ClassVar[float | None] = None
    """How many times what was billed that is."""
    served_by: ClassVar[str] = "pareta"
    """Or ``fallback``, where the client has one and it answered."""


def completion_class(cast_to: object) -> object:
    """Ours in place of openai's `ChatCompletion`; any other class as it is."""
    return ChatCompletion if cast_to is OpenAIChatCompletion else cast_to


def receipt(headers: Mapping[str, str]) -> dict[str, float | None]:
    """The platform's receipt, from the headers of a chat completion (`POST /v1/chat/completions`)."""
    billed, frontier = (
        int(value) if (value := headers.get(name, "")).isdecimal() and len(value) <= _MOST_DIGITS else None
        for name in ("x-pareta-billed", "x-pareta-frontier-would-have-cost")
    )
    return {
        "billed_micro_usd": billed,
        "frontier_would_have_cost_micro_usd": frontier,
        "savings_factor": frontier / billed if billed and frontier is not None else None,
    }


def attach_receipt(answer: object, headers: Mapping[str, str]) -> None:
    """Put the receipt on a completion, a parsed one too, or on a raw response."""
    if isinstance(answer, OpenAIChatCompletion) or not isinstance(answer, openai.BaseModel):
        for name, value in (*receipt(headers).items(), ("served_by", "pareta")):
            # Beside a model's fields, as openai puts `_request_id`: it is no part of what the model is equal by.
            object.__setattr__(answer, name, value)
