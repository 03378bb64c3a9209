"""`client.chat`: openai's, which sends on what openai has no name for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, overload

import openai
from openai.lib.streaming.chat import AsyncChatCompletionStreamManager, ChatCompletionStreamManager
from openai.resources import chat as openai_chat

from .. import _openai, encoding, errors

if TYPE_CHECKING:
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


_BESIDE_BODY = frozenset({"extra_headers", "extra_query", "extra_body", "timeout"})
# openai's `create` decides by it what it gives.
_SEEN_BY_OPENAI = frozenset({"stream"})
_REQUIRED = frozenset({"messages", "model"})


def _prepared(create: Callable[..., Any], arguments: dict[str, Any]) -> dict[str, Any]:
    """What openai's `create` is to be called with: what it would refuse, or look through in vain, is in `extra_body`.

    It refuses what it has no name for, which the platform hands to the model server. And it compares every part of
    every argument with its type hints, in search of what JSON cannot hold, at some 0.3 ms a message.
    """
    known = _openai.keyword_arguments(create)
    if known is None:
        return arguments
    body = {name: value for name, value in arguments.items() if name not in _BESIDE_BODY}
    beside = {name: value for name, value in arguments.items() if name in _BESIDE_BODY}
    into_extra_body = {name: value for name, value in body.items() if name not in known}
    given = {name: value for name, value in body.items() if name in known}
    extra_body = arguments.get("extra_body")
    if _openai.is_openais_own(create) and isinstance(extra_body, (dict, type(None))):
        plain, given = encoding.split_plain(given)
        into_extra_body |= plain
        given |= {name: plain[name] for name in _SEEN_BY_OPENAI & plain.keys()}
        # To be left out of the body, and not of the call.
        given |= dict.fromkeys(_REQUIRED & plain.keys(), openai.NOT_GIVEN)
    if into_extra_body:
        # What the caller put there by name wins.
        beside["extra_body"] = {**into_extra_body, **(extra_body or {})}
    return {**given, **beside}


class _StreamManager(ChatCompletionStreamManager[Any]):
    """What `stream` gives, whose helper refuses chunks that do not add up to an answer."""

    def __enter__(self) -> Any:
        return _guarded(super().__enter__())


class _AsyncStreamManager(AsyncChatCompletionStreamManager[Any]):
    """`_StreamManager`, awaited."""

    async def __aenter__(self) -> Any:
        return _guarded(await super().__aenter__())


def _guarded(stream: Any) -> Any:
    _openai.guard_accumulation(stream, _refuse_chunks)
    return stream


def _refuse_chunks(response: _openai.Response, error: Exception) -> Exception:
    reason = f"chunks that do not add up to an answer ({type(error).__name__})"
    return errors.unreadable_answer(response, reason, None)


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
            return super().create(*args, **_prepared(openai_chat.Completions.create, kwargs))

        if hasattr(openai_chat.Completions, "stream"):

            @wraps(openai_chat.Completions.stream)
            def stream(self, *args, **kwargs):
                manager = super().stream(*args, **kwargs)
                manager.__class__ = _StreamManager
                return manager


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
            return await super().create(*args, **_prepared(openai_chat.AsyncCompletions.create, kwargs))

        if hasattr(openai_chat.AsyncCompletions, "stream"):

            @wraps(openai_chat.AsyncCompletions.stream)
            def stream(self, *args, **kwargs):
                manager = super().stream(*args, **kwargs)
                manager.__class__ = _AsyncStreamManager
                return manager


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
