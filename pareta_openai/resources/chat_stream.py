"""The chunks of a chat completion, with the platform's receipt."""

from __future__ import annotations

from typing import Any, cast

import openai
from openai.types.chat import ChatCompletionChunk

from ..types.chat import receipt


class _Receipt:
    """What a streamed completion cost, which its headers tell before its first chunk.

    Mixed in behind openai's class: openai reads the type of chunk from the first base.
    """

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
    """openai's stream of chunks, and what it cost."""


class AsyncChatStream(openai.AsyncStream[ChatCompletionChunk], _Receipt):
    """openai's stream of chunks, and what it cost."""
