"""`client.chat`: openai's, which sends on what openai has no name for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from openai.resources import chat as openai_chat

from .. import _openai

if TYPE_CHECKING:
    from ..client import AsyncParetaOpenAI, ParetaOpenAI


def _into_body(create: Callable[..., Any], arguments: dict[str, Any]) -> dict[str, Any]:
    """Move what openai's `create` would refuse into `extra_body`: the platform hands it to the model server."""
    known = _openai.keyword_arguments(create)
    unknown = {} if known is None else {name: arguments[name] for name in arguments.keys() - known}
    if not unknown:
        return arguments
    # What stands in extra_body was put there by name, so it wins.
    extra_body = {**unknown, **(arguments.get("extra_body") or {})}
    return {
        **{name: value for name, value in arguments.items() if name not in unknown},
        "extra_body": extra_body,
    }


class Completions(openai_chat.Completions):
    """openai's `chat.completions`; `create` takes vLLM's arguments too (`top_k`, `guided_json`, …)."""

    if not TYPE_CHECKING:
        # Hidden from checkers, which so keep openai's own overloads; `extra_body=` is the typed way in.

        @wraps(openai_chat.Completions.create)
        def create(self, *args, **kwargs):
            return super().create(*args, **_into_body(openai_chat.Completions.create, kwargs))


class AsyncCompletions(openai_chat.AsyncCompletions):
    """`Completions`, awaited."""

    if not TYPE_CHECKING:

        @wraps(openai_chat.AsyncCompletions.create)
        async def create(self, *args, **kwargs):
            return await super().create(*args, **_into_body(openai_chat.AsyncCompletions.create, kwargs))


class Chat(openai_chat.Chat):
    """openai's `chat`."""

    def __init__(self, client: ParetaOpenAI) -> None:
        super().__init__(client)
        self._pareta = client

    @_openai.cached_property
    def completions(self) -> Completions:
        return Completions(self._pareta)


class AsyncChat(openai_chat.AsyncChat):
    """openai's `chat`."""

    def __init__(self, client: AsyncParetaOpenAI) -> None:
        super().__init__(client)
        self._pareta = client

    @_openai.cached_property
    def completions(self) -> AsyncCompletions:
        return AsyncCompletions(self._pareta)
