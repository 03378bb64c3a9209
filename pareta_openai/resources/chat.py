"""`client.chat`: openai's, which sends on what openai has no name for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, overload

from openai.resources import chat as openai_chat

from .. import _openai

if TYPE_CHECKING:
    import openai
    from openai.types.chat import completion_create_params as params
    from typing_extensions import TypedDict, Unpack

    from ..client import AsyncParetaOpenAI, ParetaOpenAI
    from ..types.chat import ChatCompletion
    from .chat_stream import AsyncChatStream, ChatStream

    class _Beside(TypedDict, total=False):
        """What goes along with openai's own parameters: its options, and what the platform's model server knows."""

        extra_headers: Mapping[str, str] | None
        extra_query: Mapping[str, object] | None
        extra_body: object | None
        timeout: float | openai.Timeout | openai.NotGiven | None
        top_k: int
        repetition_penalty: float
        guided_json: object
        chat_template_kwargs: Mapping[str, object]

    class _Plain(params.CompletionCreateParamsNonStreaming, _Beside): ...

    class _Streaming(params.CompletionCreateParamsStreaming, _Beside): ...

    class _Either(params.CompletionCreateParamsBase, _Beside): ...


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

    if TYPE_CHECKING:
        # openai's parameters, whatever the installed version has, and our answers.

        @overload  # type: ignore[override]
        def create(self, **arguments: Unpack[_Plain]) -> ChatCompletion: ...

        @overload
        def create(self, **arguments: Unpack[_Streaming]) -> ChatStream: ...

        @overload
        def create(self, *, stream: bool, **arguments: Unpack[_Either]) -> ChatCompletion | ChatStream: ...

        def create(self, **arguments: Any) -> ChatCompletion | ChatStream: ...  # pyright: ignore[reportIncompatibleMethodOverride]

    else:

        @wraps(openai_chat.Completions.create)
        def create(self, *args, **kwargs):
            return super().create(*args, **_into_body(openai_chat.Completions.create, kwargs))


class AsyncCompletions(openai_chat.AsyncCompletions):
    """`Completions`, awaited."""

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        async def create(self, **arguments: Unpack[_Plain]) -> ChatCompletion: ...

        @overload
        async def create(self, **arguments: Unpack[_Streaming]) -> AsyncChatStream: ...

        @overload
        async def create(self, *, stream: bool, **arguments: Unpack[_Either]) -> ChatCompletion | AsyncChatStream: ...

        async def create(self, **arguments: Any) -> ChatCompletion | AsyncChatStream: ...  # pyright: ignore[reportIncompatibleMethodOverride]

    else:

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
