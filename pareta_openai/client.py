"""The two clients: how they are built and copied, and what hangs on them."""

from __future__ import annotations

import dataclasses
import difflib
import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeVar, get_args, get_origin

import openai

from . import _openai, config, errors, waiting
from ._version import __version__

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

    from ._openai import URL, Request, Response
    from .resources.chat import AsyncChat, Chat
    from .resources.endpoints import AsyncEndpoints, Endpoints
    from .resources.evals import AsyncEvals, Evals
    from .resources.models import AsyncModels, Models
    from .resources.tasks import AsyncTasks, Tasks

_Function = TypeVar("_Function", bound=Callable[..., Any])

# openai's namespaces that have one of ours in their place. Up to 1.66 openai sets its own as attributes.
_REPLACED = ("chat", "models", "evals", "with_raw_response", "with_streaming_response")

# What Pareta has and OpenAI has not: no `model` in these bodies is the name of something to call.
_CONTROL_PLANE = ("/endpoints", "/tasks", "/eval")


class _OpenAIArguments(TypedDict, total=False):
    """What openai's own constructor takes in every version; newer arguments are passed on as well."""

    organization: str | None
    project: str | None
    webhook_secret: str | None
    websocket_base_url: str | URL | None
    timeout: float | openai.Timeout | openai.NotGiven | None
    max_retries: int
    default_headers: Mapping[str, str] | None
    default_query: Mapping[str, object] | None


class _SyncArguments(_OpenAIArguments, total=False):
    http_client: openai.DefaultHttpxClient | None


class _AsyncArguments(_OpenAIArguments, total=False):
    http_client: openai.DefaultAsyncHttpxClient | None


class _CopyArguments(TypedDict, total=False):
    set_default_headers: Mapping[str, str] | None
    set_default_query: Mapping[str, object] | None


class _SyncCopyArguments(_SyncArguments, _CopyArguments, total=False): ...


class _AsyncCopyArguments(_AsyncArguments, _CopyArguments, total=False): ...


_OWN = tuple(f.name for f in dataclasses.fields(config.ClientOptions))

_POLL_INTERVAL = 2.0
"""Seconds between two looks at an endpoint that a call is waiting for."""


_NO_KEY = "no-key"
"""Stands in for the key of a client that woke up without one. It is never sent."""


def _and_takes(openai_function: Callable[..., Any]) -> Callable[[_Function], _Function]:
    """Give a function that ends in ``**arguments`` the signature that it has in truth: ours, and openai's.

    For `help()`, and for tools that look at what a client can be given.
    """

    def decorate(function: _Function) -> _Function:
        named = inspect.signature(function)
        parameters = {name: p for name, p in named.parameters.items() if p.kind is not p.VAR_KEYWORD}
        ours = inspect.signature(config.ClientOptions).parameters
        for name, parameter in {**ours, **inspect.signature(openai_function).parameters}.items():
            parameters.setdefault(name, parameter.replace(kind=parameter.KEYWORD_ONLY))
        function.__signature__ = named.replace(parameters=list(parameters.values()))  # type: ignore[attr-defined]
        return function

    return decorate


def _take_own(arguments: dict[str, Any]) -> dict[str, Any]:
    """Take out of `arguments` what is ours. None stands for not given, as it does in openai's."""
    own = {name: arguments.pop(name, None) for name in _OWN}
    return {name: value for name, value in own.items() if value is not None}


class _ParetaClient(_openai.ClientHooks):
    """What the two clients have in common, which is all but the waiting."""

    _options: config.ClientOptions
    _missing_key: errors.ParetaError | None = None
    """What a client that woke up without a key raises at its first call."""

    if not TYPE_CHECKING:
        # Hidden from checkers, which see the two classes' own signatures below.

        @_and_takes(openai.OpenAI.__init__)
        def __init__(self, *, api_key=None, base_url=None, **arguments):
            try:
                self._options = config.ClientOptions(**_take_own(arguments))
                _refuse_unknown(type(self).__name__, arguments)
                base_url = config.find_base_url(base_url)
                if self._options.transport is not None:
                    arguments["http_client"] = self._http_client(arguments.get("http_client"))
                if not (_openai.TAKES_KEY_PROVIDERS and callable(api_key)):
                    api_key = config.find_api_key(api_key)
            except Exception as error:
                # A traceback that shows locals must not show the key, neither here nor where it was looked at.
                api_key = None
                raise error.with_traceback(None) from None
            is_ours = self._options.transport is not None or arguments.get("http_client") is None
            if arguments.get("http_client") is None:
                arguments["http_client"] = self._default_http_client()
            super().__init__(api_key=api_key, base_url=base_url, **arguments)
            self._forget_ambient_settings(arguments)
            if is_ours:
                _openai.limit_compression(self)
            for name in _REPLACED:
                vars(self).pop(name, None)

        @_and_takes(openai.OpenAI.copy)
        def copy(self, **arguments):
            """A client with these options changed and all others kept, on the same connections."""
            changes = _take_own(arguments)
            takes_up_transport = changes.get("transport", self._options.transport) != self._options.transport
            try:
                if takes_up_transport:
                    arguments["http_client"] = self._http_client(arguments.get("http_client"))
                elif arguments.get("http_client") is not None:
                    changes["transport"] = None
                copied = super().copy(**arguments)
            except (errors.ParetaError, ValueError) as error:
                arguments = {}
                raise error.with_traceback(None) from None
            if takes_up_transport:
                _openai.limit_compression(copied)
            copied._options = dataclasses.replace(self._options, **changes)
            if not arguments.get("api_key"):
                copied._missing_key = self._missing_key
            return copied

        with_options = copy

        @property
        def api_key(self):
            return vars(self)["api_key"]

        @api_key.setter
        def api_key(self, key):
            # Every way in passes here: construction, assignment, and what a callable given as api_key returns.
            # Openai sets an empty string where a callable stands in for the key.
            try:
                vars(self)["api_key"] = config.check_api_key(key, source="api_key") if key else key
                self._missing_key = None
            except errors.ParetaError as error:
                key = None
                raise error.with_traceback(None) from None

    @classmethod
    def from_env(cls, **arguments: Any) -> Self:
        """A client from ``PARETA_API_KEY``, ``PARETA_BASE_URL`` and ``PARETA_MODEL_ALIASES``.

        What the constructor does by itself, said aloud; `arguments` are its own and win over the environment.
        """
        return cls(**arguments)

    def _default_http_client(self) -> Any:
        """What to use where the caller gives none; with None it is openai's own."""
        return None

    def _forget_ambient_settings(self, explicit: Mapping[str, Any]) -> None:
        """Take back what openai read from OPENAI_* variables: it identifies an OpenAI account."""
        for name in ("organization", "project", "admin_api_key"):
            if hasattr(self, name):
                setattr(self, name, explicit.get(name))
        _openai.forget_ambient_headers(self, explicit.get("default_headers"))

    def _http_client(self, given: Any) -> Any:
        """The HTTP client that ``transport=`` stands for."""
        if given is not None:
            raise ValueError("transport= and http_client= are two ways to say the same: give one of them.")
        if not isinstance(self, openai.AsyncOpenAI):
            raise ValueError("transport='aiohttp' is for AsyncOpenAI: aiohttp is asynchronous.")
        from .aiohttp_transport import http_client

        return http_client()

    @property
    def model_aliases(self) -> Mapping[str, str]:
        """Model names as the code has them → what Pareta is sent."""
        return self._options.model_aliases or {}

    @property
    def user_agent(self) -> str:
        return f"pareta-openai/{__version__} {type(self).__name__}/Python openai/{openai.__version__}"

    def __reduce__(self) -> tuple[Any, ...]:
        """A client as it would be built again, without its connections, and without its key unless that was asked for.

        Where it wakes up, a client without a key takes ``PARETA_API_KEY``, as any other does; where that is missing,
        its first call says so.
        """
        names = ("organization", "project", "websocket_base_url", "timeout", "max_retries")
        arguments = {name: getattr(self, name, None) for name in names}
        arguments["base_url"] = str(self.base_url)  # type: ignore[attr-defined]
        arguments["default_query"] = _openai.default_query(self)
        headers, api_key = _openai.default_headers(self), self.api_key  # type: ignore[attr-defined]
        if self._options.pickle_api_key and api_key and self._missing_key is None:
            arguments |= {"api_key": api_key, "webhook_secret": getattr(self, "webhook_secret", None)}
        else:
            headers = _openai.without_secrets(headers, api_key)
        arguments["default_headers"] = headers
        return _wake_up, (type(self), {**arguments, **vars(self._options)})

    def __copy__(self) -> Self:
        return self.copy()  # type: ignore[attr-defined, no-any-return]

    def __deepcopy__(self, _: dict[int, Any]) -> Self:
        return self.copy()  # type: ignore[attr-defined, no-any-return]

    def __repr__(self) -> str:
        base_url, key = getattr(self, "base_url", None), getattr(self, "api_key", "")
        # A URL can carry a password in front of its host.
        base_url = re.sub(r"//[^/]*@", "//…@", str(base_url))
        shown = f"…{key[-4:]}" if len(key) > 12 else "…"
        own = "".join(
            f", {f.name}={value!r}"
            for f in dataclasses.fields(self._options)
            if (value := getattr(self._options, f.name)) not in (f.default, {})
        )
        return f"{type(self).__name__}(base_url={base_url!r}, api_key={shown!r}{own})"

    def _check_request(self, path: str, body: Any) -> Any:
        if self._missing_key is not None:
            raise self._missing_key
        if self._options.transport == "aiohttp":
            from .aiohttp_transport import require_asyncio

            require_asyncio()
        if not isinstance(body, Mapping) or path.startswith(_CONTROL_PLANE):
            return body
        if path == "/chat/completions":
            _refuse_empty_chat(body)
        model = body.get("model")
        alias = self.model_aliases.get(model) if isinstance(model, str) else None
        return body if alias is None else {**body, "model": alias}

    def _status_error(self, response: Response, body: object) -> openai.APIStatusError:
        return errors.status_error(response, body)

    def _connection_error(self, error: openai.APIConnectionError) -> openai.APIConnectionError:
        return errors.connection_error(error)

    def _answer_class(self, cast_to: Any) -> Any:
        # Not imported before openai has: a client that never chats is not to pay for it.
        if getattr(cast_to, "__name__", "") == "ChatCompletion":
            from .types.chat import completion_class

            return completion_class(cast_to)
        return cast_to

    def _stream_class(self, stream_class: Any) -> Any:
        chunks = get_args(stream_class)
        if chunks and chunks[0].__name__ == "ChatCompletionChunk":
            from .resources.chat_stream import AsyncChatStream, ChatStream

            return {openai.Stream: ChatStream, openai.AsyncStream: AsyncChatStream}[get_origin(stream_class)]
        return stream_class

    def _finish_answer(self, answer: object, response: Response) -> None:
        if response.request.url.path.endswith("/chat/completions"):
            from .types.chat import attach_receipt

            attach_receipt(answer, response.headers)

    def _starts_endpoints(self, path: str) -> bool:
        return self._options.on_not_ready == "start" and not path.startswith(_CONTROL_PLANE)

    def _call_timeout(self) -> float | None:
        return self._options.call_timeout

    def _out_of_time(self, method: str, path: str) -> openai.APITimeoutError:
        return errors.APITimeoutError(request=_openai.request_for(self, method, path))

    def _pause(self, seconds: float) -> float:
        return waiting.seconds_to_sleep(self.base_url, seconds)  # type: ignore[attr-defined]

    def _body_error(self, request: Request, error: Exception) -> openai.APIConnectionError:
        return errors.broken_off(request, error)

    def _unreadable_answer(self, response: Response, reason: str, body: object) -> openai.APIError:
        return errors.unreadable_answer(response, reason, body)


def _wake_up(client_class: Any, arguments: dict[str, Any]) -> Any:
    """A client out of a pickle.

    It is built even where its key is missing: an exception while a worker reads its task breaks the whole pool.
    """
    known = _openai.keyword_arguments(openai.OpenAI.__init__) or arguments.keys()
    arguments = {name: value for name, value in arguments.items() if name in {*known, *_OWN}}
    try:
        return client_class(**arguments)
    except errors.ParetaError as error:
        if "api_key" in arguments:
            raise
        client = client_class(**arguments, api_key=_NO_KEY)
        client._missing_key = error
        return client


class ParetaOpenAI(_ParetaClient, _openai.SyncHooks, openai.OpenAI):
    """An ``openai.OpenAI`` for Pareta, which it is a real subclass of.

    `api_key` is a ``pareta_sk_`` key, else ``PARETA_API_KEY``. `base_url` is the platform's, with or without
    ``/v1``, else ``PARETA_BASE_URL``, else production. `model_aliases` maps model names that stand in the code to
    endpoints, else ``PARETA_MODEL_ALIASES`` (``gpt-4o-mini=ep_one,gpt-4o=ep_two``). All else is openai's.

    With ``on_not_ready="start"``, a call to a stopped or cold endpoint starts it, waits at most
    `not_ready_timeout` seconds (300) until it is live, and is then sent once more, with the same idempotency key.

    `timeout` is openai's, for one attempt. `call_timeout` is for a call with all its retries, in seconds: no retry is
    begun that it leaves no time for.

    A pickled client reads its key anew where it wakes up; with ``pickle_api_key=True`` the pickle holds it.

    Raises `ParetaError` for a key or URL that is missing or cannot be used, `TypeError` for an unknown argument.
    """

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            api_key: str | Callable[[], str] | None = None,
            base_url: str | URL | None = None,
            model_aliases: Mapping[str, str] | None = None,
            on_not_ready: Literal["raise", "start"] | None = None,
            not_ready_timeout: float | None = None,
            pickle_api_key: bool | None = None,
            call_timeout: float | None = None,
            **openai_arguments: Unpack[_SyncArguments],
        ) -> None: ...

        # openai's list of arguments differs between its versions; these are in all of them.
        def copy(  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
            self,
            *,
            api_key: str | Callable[[], str] | None = None,
            base_url: str | URL | None = None,
            model_aliases: Mapping[str, str] | None = None,
            on_not_ready: Literal["raise", "start"] | None = None,
            not_ready_timeout: float | None = None,
            pickle_api_key: bool | None = None,
            call_timeout: float | None = None,
            **openai_arguments: Unpack[_SyncCopyArguments],
        ) -> Self: ...

        with_options = copy  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]

    def _bring_up(self, endpoint_id: str) -> None:
        self.endpoints.ensure_live(endpoint_id, timeout=self._options.not_ready_timeout, poll_interval=_POLL_INTERVAL)

    @_openai.cached_property
    def with_raw_response(self) -> _openai.OpenAIWithRawResponse:
        from .resources._raw import RawNamespaces

        return RawNamespaces(self, "with_raw_response")  # type: ignore[return-value]

    @_openai.cached_property
    def with_streaming_response(self) -> _openai.OpenAIWithStreamedResponse:
        from .resources._raw import RawNamespaces

        return RawNamespaces(self, "with_streaming_response")  # type: ignore[return-value]

    @_openai.cached_property
    def chat(self) -> Chat:
        from .resources.chat import Chat

        return Chat(self)

    @_openai.cached_property
    def models(self) -> Models:
        from .resources.models import Models

        return Models(self)

    @_openai.cached_property
    def endpoints(self) -> Endpoints:
        """Deploy models for tasks; list, start, stop and delete what is deployed."""
        from .resources.endpoints import Endpoints

        return Endpoints(self)

    @_openai.cached_property
    def evals(self) -> Evals:
        """Evaluate models on your own rows, against vendors' models if you like."""
        from .resources.evals import Evals

        return Evals(self)

    @_openai.cached_property
    def tasks(self) -> Tasks:
        """The catalogue of tasks, and the models that are good at each."""
        from .resources.tasks import Tasks

        return Tasks(self)


class AsyncParetaOpenAI(_ParetaClient, _openai.AsyncHooks, openai.AsyncOpenAI):
    """An ``openai.AsyncOpenAI`` for Pareta: `ParetaOpenAI`, awaited.

    With ``transport="aiohttp"`` it sends by aiohttp, which takes half the CPU where many streams come in small pieces.
    That needs ``pip install 'pareta-openai[fast]'``, and asyncio.
    """

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            api_key: str | Callable[[], Awaitable[str]] | None = None,
            base_url: str | URL | None = None,
            model_aliases: Mapping[str, str] | None = None,
            on_not_ready: Literal["raise", "start"] | None = None,
            not_ready_timeout: float | None = None,
            pickle_api_key: bool | None = None,
            call_timeout: float | None = None,
            transport: Literal["aiohttp"] | None = None,
            **openai_arguments: Unpack[_AsyncArguments],
        ) -> None: ...

        def copy(  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
            self,
            *,
            api_key: str | Callable[[], Awaitable[str]] | None = None,
            base_url: str | URL | None = None,
            model_aliases: Mapping[str, str] | None = None,
            on_not_ready: Literal["raise", "start"] | None = None,
            not_ready_timeout: float | None = None,
            pickle_api_key: bool | None = None,
            call_timeout: float | None = None,
            transport: Literal["aiohttp"] | None = None,
            **openai_arguments: Unpack[_AsyncCopyArguments],
        ) -> Self: ...

        with_options = copy  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]

    async def aclose(self) -> None:
        """`close`, as Pareta's own client and the transport call it."""
        await self.close()

    def _default_http_client(self) -> Any:
        from .event_loops import EventLoopsHttpClient

        return EventLoopsHttpClient()

    async def _bring_up(self, endpoint_id: str) -> None:
        await self.endpoints.ensure_live(
            endpoint_id, timeout=self._options.not_ready_timeout, poll_interval=_POLL_INTERVAL
        )

    @_openai.cached_property
    def with_raw_response(self) -> _openai.AsyncOpenAIWithRawResponse:
        from .resources._raw import RawNamespaces

        return RawNamespaces(self, "with_raw_response")  # type: ignore[return-value]

    @_openai.cached_property
    def with_streaming_response(self) -> _openai.AsyncOpenAIWithStreamedResponse:
        from .resources._raw import RawNamespaces

        return RawNamespaces(self, "with_streaming_response")  # type: ignore[return-value]

    @_openai.cached_property
    def chat(self) -> AsyncChat:
        from .resources.chat import AsyncChat

        return AsyncChat(self)

    @_openai.cached_property
    def models(self) -> AsyncModels:
        from .resources.models import AsyncModels

        return AsyncModels(self)

    @_openai.cached_property
    def endpoints(self) -> AsyncEndpoints:
        """Deploy models for tasks; list, start, stop and delete what is deployed."""
        from .resources.endpoints import AsyncEndpoints

        return AsyncEndpoints(self)

    @_openai.cached_property
    def evals(self) -> AsyncEvals:
        """Evaluate models on your own rows, against vendors' models if you like."""
        from .resources.evals import AsyncEvals

        return AsyncEvals(self)

    @_openai.cached_property
    def tasks(self) -> AsyncTasks:
        """The catalogue of tasks, and the models that are good at each."""
        from .resources.tasks import AsyncTasks

        return AsyncTasks(self)


# One a line: mypy takes no chain of assignments for a type.
Client = ParetaOpenAI
OpenAI = ParetaOpenAI
Pareta = ParetaOpenAI
AsyncClient = AsyncParetaOpenAI
AsyncOpenAI = AsyncParetaOpenAI
AsyncPareta = AsyncParetaOpenAI

# What a user imported is what a traceback and a pickle name.
for _client in (ParetaOpenAI, AsyncParetaOpenAI):
    _client.__module__ = __package__ or ""


def _refuse_unknown(client: str, arguments: Mapping[str, Any]) -> None:
    known = _openai.keyword_arguments(openai.OpenAI.__init__)
    if known is None:
        return
    for name in arguments.keys() - known:
        close = difflib.get_close_matches(name, [*known, *_OWN], n=1)
        advice = f"Did you mean {close[0]}?" if close else "help(pareta_openai.OpenAI) lists those that it takes."
        raise TypeError(f"{client}() has no argument {name!r} with openai {openai.__version__}. {advice}")


def _refuse_empty_chat(body: Mapping[str, Any]) -> None:
    if not body.get("model"):
        raise ValueError(
            f"model is {body.get('model')!r}: name an endpoint. client.models.list() has those that can be called."
        )
    if not body.get("messages"):
        raise ValueError(
            f'messages is {body.get("messages")!r}: send at least one, such as {{"role": "user", "content": "Hello"}}.'
        )
