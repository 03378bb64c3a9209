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
    from ..transports import Response
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
_REQUIRED = ("messages", "model")


def prepared(create: Callable[..., Any], arguments: dict[str, Any]) -> dict[str, Any]:
    """What openai's `create` is to be called with: what it would refuse is in `extra_body`.

    That is what it has no name for, which the platform hands to the model server.
    """
    known = _openai.keyword_arguments(create)
    if known is None:
        return arguments
    unknown = {name: value for name, value in arguments.items() if name not in known}
    if not unknown:
        return arguments
    given = {name: value for name, value in arguments.items() if name in known}
    # What the caller put there by name wins.
    return {**given, "extra_body": {**unknown, **(arguments.get("extra_body") or {})}}


def _as_request(
    create: Callable[..., Any], post: Callable[..., Any], arguments: dict[str, Any]
) -> _openai.Requested | None:
    """What openai's `create` would have its client request by `post`, where all `arguments` are plain data, else None.

    It compares every part of every argument with its type hints, in search of what JSON cannot hold, at some 0.3 ms a
    message.
    """
    stream = arguments.get("stream")
    are_openais = _openai.is_openais_own(create) and _openai.is_openais_own(getattr(post, "__func__", None))
    if not are_openais or not (stream is None or isinstance(stream, bool)):
        return None
    given = {
        name: value
        for name, value in arguments.items()
        if name not in _BESIDE_BODY and not isinstance(value, openai.NotGiven)
    }
    body = encoding.copy_plain(given)
    if body is None or not all(name in body for name in _REQUIRED):
        return None
    nothing = dict.fromkeys(_REQUIRED, openai.NOT_GIVEN)
    how = {"stream": stream} if stream else {}
    requested = _openai.requested_by(create, **how, **nothing)
    return requested and requested.with_body(body, {name: arguments[name] for name in arguments.keys() & _BESIDE_BODY})


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


def _refuse_chunks(response: Response, error: Exception) -> Exception:
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
            requested = None if args else _as_request(openai_chat.Completions.create, self._post, kwargs)
            if requested is not None:
                return self._client.request(requested.cast_to, requested.options, **requested.arguments)
            return super().create(*args, **prepared(openai_chat.Completions.create, kwargs))

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
            requested = None if args else _as_request(openai_chat.AsyncCompletions.create, self._post, kwargs)
            if requested is not None:
                return await self._client.request(requested.cast_to, requested.options, **requested.arguments)
            return await super().create(*args, **prepared(openai_chat.AsyncCompletions.create, kwargs))

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
