from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openai import AsyncOpenAI, OpenAI


def ask(client: OpenAI | AsyncOpenAI) -> str:
    return repr(client)
