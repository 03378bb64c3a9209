"""The seam: every use of openai's non-public names is in this module, and nowhere else.

| Name of openai's                   | Relied on for                     | Where it is gone                          |
|------------------------------------|-----------------------------------|-------------------------------------------|
| `FinalRequestOptions`' attributes  | aliases, checks, idempotency keys | requests go out as openai has them        |
| `_make_status_error`               | our exceptions for 4xx and 5xx    | openai's exceptions                       |
| `_process_response`, `post_parser` | bodies that are not JSON          | openai's `str`, or `JSONDecodeError`      |
| `_process_response_data`           | JSON of another shape, fast models| the decoded JSON as it came; nothing fast |
| `_prepare_url`                     | a URL that is merged once         | nothing fast                              |
| `_post` of its resources           | what `create` adds to a body      | `create` does it, at each call            |
| `_strict_response_validation`      | whether models may be read fast   | they are read as openai reads them        |
| `_custom_headers`                  | OPENAI_CUSTOM_HEADERS stays home  | no client while that is set               |
| `_refresh_api_key`                 | whether `api_key=` may be called  | strings only                              |
| `_calculate_retry_timeout`         | `call_timeout`, `replace_pauses`  | retries as openai makes them              |
| `_prepare_options`                 | `call_timeout`                    | attempts take as long as openai lets them |
| `_should_retry` and kin            | `on_not_ready`, `call_timeout`    | 503s and retries are openai's own         |
| `_parse_retry_after_header`        | dates by a clock that is off      | waits as openai has them                  |
| `_iterator` of streams             | they end when nobody holds them   | they end when the collector runs          |
| `to_raw_response_wrapper` and kin  | raw responses of our namespaces   | no such responses there                   |
| `_init_transport` of the transport | aiohttp's sessions set up right   | as httpx-aiohttp sets them up             |
| `_client`                          | uploads to signed URLs            | a transport of its own for each           |
|                                    | bounds for compressed answers     | none                                      |
| `_make_status_error_from_response` | bodies in no charset              | the codec's exceptions                    |
| `_build_request`                   | cookies that cannot be sent       | `UnicodeEncodeError`, from then on        |
| `_state` of `.stream()`            | chunks that do not add up         | openai's helper's own exceptions          |
| `_send_request`                    | redirects to where nothing can be | the transport's exceptions                |
| `SyncAPIResource` and its twin     | `wrap` of an instrumented client  | no `wrap`                                 |
| what Azure's clients override      | `wrap` of an Azure client         | it asks as Azure's clients do             |
| `FinalRequestOptions`, copied      | `fallback=`, and its shadow       | no such argument                          |
| `_iterator` of openai's streams    | rows of what a shadow streams     | streams make no row                       |
| `_api_version` of Azure's clients  | a fallback of Azure's in a pickle | it is to be made where it wakes up        |
| `_ModuleClient`, the module's own  | `install`, for calls of `openai`  | they stay openai's                        |
| `_client`                          |                                   |                                           |

Checked on openai 1.66.0, 1.109.1, 2.0.0, 2.54.0, 3.0.0 and 3.54.0; `tests/test_openai_seam.py` fails when one
of them moves.
"""

from __future__ import annotations

import inspect
import json
import math
import os
import uuid
import warnings
import weakref
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from importlib import import_module
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import openai
import pydantic

from . import audio_calls, bodies, deadlines, decoding
from .decoding import UnworkableJSON, is_too_deep, read_json
from .pickling import without_secrets
from .retry_after import seconds_by_their_clock
from .shapes import has_shape_of
from .transports import drop_unsendable_cookies, is_about_an_address, replace_content, request_errors

if TYPE_CHECKING:
    # Types alone: at run time nothing of these is touched.
    from openai._base_client import AsyncPaginator as AsyncPaginator
    from openai._client import AsyncOpenAIWithRawResponse as AsyncOpenAIWithRawResponse
    from openai._client import AsyncOpenAIWithStreamedResponse as AsyncOpenAIWithStreamedResponse
    from openai._client import OpenAIWithRawResponse as OpenAIWithRawResponse
    from openai._client import OpenAIWithStreamedResponse as OpenAIWithStreamedResponse

    from .transports import Request, Response

    # As openai has it for checkers, and one can override only like with like.
    cached_property = property
else:
    from functools import cached_property as cached_property

IDEMPOTENCY_HEADER = "Idempotency-Key"

_OPTIONS = ("method", "url", "json_data", "extra_json", "headers", "idempotency_key")
"""The attributes of `FinalRequestOptions` that a request is read by."""

TAKES_KEY_PROVIDERS = hasattr(openai.OpenAI, "_refresh_api_key")
"""Whether the installed openai takes a callable for `api_key`."""


@cache
def keyword_arguments(function: Callable[..., Any]) -> frozenset[str] | None:
    """The names that `function` takes, on the installed openai; None where a wrapper has erased them."""
    parameters = inspect.signature(function).parameters.values()
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return None
    return frozenset(p.name for p in parameters) - {"self"}


_FAST_HOOKS = {
    "_process_response_data": {"data", "cast_to", "response"},
    "_prepare_url": {"url"},
    "post": {"cast_to", "body", "options", "stream", "stream_cls"},
    "request": {"cast_to", "options", "stream", "stream_cls"},
}
"""What the shortcuts hang on: methods of openai's clients and the arguments that they take."""


@cache
def is_fast() -> bool:
    """Whether to take the shortcuts past openai's own, slower way to the same result.

    ``PARETA_FAST=0`` says no, and so does an openai that has moved what they hang on, with a warning.
    """
    if os.environ.get("PARETA_FAST") == "0":
        return False
    moved = [
        name
        for name, arguments in _FAST_HOOKS.items()
        for client in (openai.OpenAI, openai.AsyncOpenAI)
        if not _takes(getattr(client, name, None), arguments)
    ]
    if moved:
        warnings.warn(
            f"openai {openai.__version__} has no {moved[0]} as pareta-openai knows it, so it is as slow as openai. "
            "A newer pareta-openai may know it; PARETA_FAST=0 does without, and without this warning.",
            RuntimeWarning,
            stacklevel=2,
        )
    return not moved


def _takes(function: Callable[..., Any] | None, arguments: set[str]) -> bool:
    if function is None:
        return False
    known = keyword_arguments(function)
    return known is None or arguments <= known


def is_openais_own(function: Any) -> bool:
    """Whether nobody has put a function of his own in its place, to see what it is called with."""
    # Not by __module__, which functools.wraps copies.
    return is_fast() and inspect.isfunction(function) and function.__globals__["__name__"].partition(".")[0] == "openai"


class _Recorder:
    """Stands in for a resource of openai's and its client, and gives what they would request."""

    _client_class: Any = openai.OpenAI

    def _post(self, path: str, **arguments: Any) -> Any:
        return self._client_class.post(self, path, **arguments)

    def request(self, cast_to: Any, options: Any, **arguments: Any) -> Any:
        return cast_to, options, arguments


class _AsyncRecorder(_Recorder):
    _client_class = openai.AsyncOpenAI

    async def request(self, cast_to: Any, options: Any, **arguments: Any) -> Any:
        return cast_to, options, arguments


def _first_result(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What `coroutine` returns, if it waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    coroutine.close()
    return None


class Requested(NamedTuple):
    """What a client's `request` is called with."""

    cast_to: Any
    options: Any
    arguments: dict[str, Any]

    def with_body(self, body: dict[str, Any], beside: Mapping[str, Any]) -> Requested:
        """The same with `body` as well, and what `request_options` makes of `beside`."""
        body = {**self.options.json_data, **body}
        if beside:
            options = self.options.construct(**{**vars(self.options), "json_data": body, **request_options(**beside)})
        else:
            options = self.options.model_copy()
            options.json_data = body
        return Requested(self.cast_to, options, self.arguments)


@cache
def requested_by(create: Callable[..., Any], **arguments: Any) -> Requested | None:
    """What openai's `create` calls its client's `request` with; None where it cannot be asked so."""
    try:
        if inspect.iscoroutinefunction(inspect.unwrap(create)):
            requested = Requested(*_first_result(create(_AsyncRecorder(), **arguments)))
        else:
            requested = Requested(*create(_Recorder(), **arguments))
    except Exception:  # whatever it is, openai's own way is still there
        return None
    is_as_known = isinstance(getattr(requested.options, "json_data", None), dict)
    return requested if is_as_known and all(hasattr(requested.options, name) for name in _OPTIONS) else None


@contextmanager
def _refusing(refuse: Callable[[Exception], Exception]) -> Iterator[None]:
    """Whatever openai's own code stumbles over in an answer of another shape than it reckons with is an error of ours.

    What openai documents goes through: the model stopped early, or its text is not of the type that was asked for.
    """
    try:
        yield
    except (openai.OpenAIError, pydantic.ValidationError):
        raise
    except Exception as error:
        raise refuse(error) from error


def guard_accumulation(stream: Any, refuse: Callable[[Response, Exception], Exception]) -> None:
    """Have what `.stream()` gives raise `refuse`'s exceptions for chunks that do not add up to an answer."""
    state, response = getattr(stream, "_state", None), getattr(stream, "_response", None)
    stream.served_by = getattr(getattr(stream, "_raw_stream", None), "served_by", None)
    if response is not None:
        for name in ("handle_chunk", "get_final_completion"):
            setattr(state, name, _refusing(partial(refuse, response))(getattr(state, name)))


@contextmanager
def replace_pauses(replace: Callable[[object, float], float]) -> Iterator[None]:
    """Within this, openai's own clients sleep before a retry for as many seconds as `replace` says.

    It is given a client's base URL and openai's own seconds. Our clients are not touched, they have `_pause`.
    """
    name = "_calculate_retry_timeout"
    home: Any = next((base for base in openai.OpenAI.__mro__ if name in vars(base)), None)
    if home is None:
        yield
        return
    original = getattr(home, name)

    def calculate(client: Any, *args: Any, **kwargs: Any) -> float:
        seconds: float = original(client, *args, **kwargs)
        return seconds if isinstance(client, ClientHooks) else replace(client.base_url, seconds)

    setattr(home, name, calculate)
    try:
        yield
    finally:
        setattr(home, name, original)


def default_headers(client: Any) -> dict[str, Any]:
    """What the client was given as `default_headers`."""
    return dict(getattr(client, "_custom_headers", {}))


def default_query(client: Any) -> dict[str, Any]:
    """What the client was given as `default_query`."""
    return dict(getattr(client, "_custom_query", {}))


def forget_iterator(stream: openai.Stream[Any] | openai.AsyncStream[Any]) -> None:
    """Take out of a stream openai's own iterator, which holds the stream: it would live until the collector runs."""
    vars(stream).pop("_iterator", None)


def read_chunk(client: Any, data: object, cast_to: Any, response: Any) -> Any:
    """One event of a stream as the model that it is."""
    return client._process_response_data(data=data, cast_to=cast_to, response=response)


def fast_reader(client: Any, cast_to: Any) -> Callable[[bytes], Any] | None:
    """`read_chunk` for the bytes of an event; it raises `ValueError` for what only that can read. None without it."""
    if not is_fast() or getattr(client, "_strict_response_validation", True):
        return None
    return decoding.reader(cast_to)


def forget_ambient_headers(client: Any, explicit: Mapping[str, Any] | None) -> None:
    """Leave a new client with the caller's default headers alone, without those of OPENAI_CUSTOM_HEADERS."""
    if hasattr(client, "_custom_headers"):
        client._custom_headers = dict(explicit or {})
    elif os.environ.get("OPENAI_CUSTOM_HEADERS"):
        raise openai.OpenAIError(
            f"openai {openai.__version__} keeps the headers of OPENAI_CUSTOM_HEADERS where they cannot be taken out, "
            "and they are not meant for Pareta: unset the variable for this process."
        )


def forget_openai_account(client: Any) -> None:
    """Take out of a client that somebody else built what it has read from OPENAI_* variables, and Azure's version."""
    variables = {"organization": "OPENAI_ORG_ID", "project": "OPENAI_PROJECT_ID", "admin_api_key": "OPENAI_ADMIN_KEY"}
    for name, variable in variables.items():
        if getattr(client, name, None) == os.environ.get(variable):
            vars(client)[name] = None
    lines = os.environ.get("OPENAI_CUSTOM_HEADERS", "").split("\n")
    ambient = {(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines)}
    client._custom_headers = {
        name: value for name, value in default_headers(client).items() if (name, value) not in ambient
    }
    client._custom_query = {name: value for name, value in default_query(client).items() if name != "api-version"}


def openais_own_of_azure(client_class: type) -> dict[str, Any]:
    """What openai's Azure clients have in place of methods and properties of openai's own: those of openai's own."""
    own = openai.AsyncOpenAI if issubclass(client_class, openai.AsyncOpenAI) else openai.OpenAI
    azure = [base for base in client_class.__mro__ if base.__module__ == openai.AzureOpenAI.__module__]
    names = {name for base in azure for name in vars(base) if not name.startswith("__") and hasattr(own, name)}
    return {name: inspect.getattr_static(own, name) for name in names - {"copy", "with_options"}}


def module_client_class() -> type | None:
    """Of the client behind calls of the module ``openai``."""
    return getattr(openai, "_ModuleClient", None)


def swap_module_client(client: Any) -> Any:
    """Put `client` behind calls of the module ``openai``, None for one that is to be built; gives the one before."""
    before, openai._client = getattr(openai, "_client", None), client
    return before


def resource_classes() -> tuple[type, ...]:
    """The classes of what hangs on openai's clients."""
    from openai import _resource

    return _resource.SyncAPIResource, _resource.AsyncAPIResource


_RAW_HEADER = "X-Stainless-Raw-Response"
"""How openai's `with_raw_response` tells the client below of itself."""


def wants_raw(headers: Mapping[str, str] | None) -> bool:
    return _RAW_HEADER in (headers or {})


def without_raw_header(options: Mapping[str, Any]) -> dict[str, Any]:
    """For the requests on the way to the one whose raw response was asked for."""
    headers = options.get("extra_headers") or {}
    return {**options, "extra_headers": {name: value for name, value in headers.items() if name != _RAW_HEADER}}


def raw_method(method: Callable[..., Any], *, streaming: bool) -> Callable[..., Any]:
    """`method`, giving openai's raw response, or with `streaming` a context manager of one that is not yet read."""
    from openai import _legacy_response, _response

    is_async = inspect.iscoroutinefunction(method)
    if streaming:
        wrap: Any = _response.async_to_streamed_response_wrapper if is_async else _response.to_streamed_response_wrapper
    else:
        module = _legacy_response
        wrap = module.async_to_raw_response_wrapper if is_async else module.to_raw_response_wrapper
    wrapped: Callable[..., Any] = wrap(method)
    return wrapped


def aiohttp_client_class() -> Any:
    """The HTTP client on aiohttp with openai's defaults; None where what it needs is not installed."""
    with_aiohttp = getattr(openai, "DefaultAioHttpClient", None)
    if with_aiohttp is None:  # up to openai 1.8x
        try:
            aiohttp_client = import_module("httpx_aiohttp").HttpxAiohttpClient
        except ModuleNotFoundError:
            return None
        return type("DefaultAioHttpClient", (openai.DefaultAsyncHttpxClient, aiohttp_client), {})
    # openai has the name in any case, and under it something that raises.
    is_there = any("httpx_aiohttp" in base.__module__ for base in with_aiohttp.__mro__)
    return with_aiohttp if is_there else None


def transport(client: Any) -> Any:
    """The HTTP client under an openai client, for a request to another host; None where it cannot be had."""
    return getattr(client, "_client", None)


def request_options(
    *,
    extra_headers: Mapping[str, Any] | None = None,
    extra_query: Mapping[str, Any] | None = None,
    extra_body: Any = None,
    read: Callable[[Any], Any] | None = None,
    **rest: Any,
) -> Any:
    """What `client.get`, `.post` and `.delete` take as `options`.

    `read` turns the parsed answer into what the method returns, in raw and streaming responses too.
    """
    options: dict[str, Any] = {"headers": extra_headers, "params": extra_query, "extra_json": extra_body}
    options = {name: value for name, value in options.items() if value is not None}
    if read is not None:
        options["post_parser"] = read
    return {**options, **rest}


if TYPE_CHECKING:
    _OpenAIClient = object
else:
    # What both of openai's clients begin with. As a base it gives ours the layout that openai's have in memory:
    # an object of openai's class can become one of ours.
    _OpenAIClient = next(base for base in openai.OpenAI.__mro__ if issubclass(openai.AsyncOpenAI, base))


def body_of(options: Any) -> dict[str, Any]:
    """What a call is about to send as JSON, or beside files; empty where it is nothing of the kind."""
    parts = (getattr(options, "json_data", None), getattr(options, "extra_json", None))
    return {name: value for part in parts if isinstance(part, Mapping) for name, value in part.items()}


def replace_body(options: Any, body: Mapping[str, Any]) -> None:
    options.json_data, options.extra_json = body, None


def copy_options(options: Any) -> Any:
    """A call's options, to send the same call elsewhere: what is set on the one does not change the other."""
    return options.model_copy()


def rewinder(options: Any) -> Callable[[], None]:
    """Puts the files of a call back to where they stand now, for another client to send them."""
    contents = [audio_calls.content_of(file) for file in audio_calls.each_file(getattr(options, "files", None))]
    positions = [(file, file.tell()) for file in contents if hasattr(file, "seek") and file.seekable()]

    def rewind() -> None:
        for file, position in positions:
            file.seek(position)

    return rewind


def after_parsing(options: Any, note: Callable[[Any], Any]) -> None:
    """Have the answer of a call, also that in a raw response, pass through `note`."""
    before = options.post_parser if callable(getattr(options, "post_parser", None)) else None
    options.post_parser = lambda parsed: note(parsed if before is None else before(parsed))


def chat_request(body: Mapping[str, Any]) -> tuple[Any, Any]:
    """What the client's `request` takes for a chat completion."""
    from openai._models import FinalRequestOptions
    from openai.types.chat import ChatCompletion

    options = FinalRequestOptions.construct(method="post", url="/chat/completions", json_data=dict(body))
    return ChatCompletion, options


class _Watched:
    """The items of a stream, which are counted out to somebody else as well; to whom too when there are no more."""

    def __init__(self, items: Any, when_whole: Callable[[list[Any]], None]) -> None:
        self._items = items
        self._seen: list[Any] = []
        self._when_whole = when_whole

    def __iter__(self) -> Iterator[Any]:
        return self

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    def __next__(self) -> Any:
        try:
            item = next(self._items)
        except StopIteration:
            self._when_whole(self._seen)
            raise
        self._seen.append(item)
        return item

    async def __anext__(self) -> Any:
        try:
            item = await self._items.__anext__()
        except StopAsyncIteration:
            self._when_whole(self._seen)
            raise
        self._seen.append(item)
        return item


def watch(answer: Any, when_whole: Callable[[list[Any]], None]) -> None:
    """Call `when_whole` with an answer, or with the items of a stream once the caller has read them all.

    Never with what is streamed from a response, nor for a stream that the caller leaves.
    """
    if isinstance(answer, (openai.APIResponse, openai.AsyncAPIResponse)):
        return
    if hasattr(answer, "http_response"):
        answer = answer.parse()
    if isinstance(answer, openai.BaseModel):
        when_whole([answer])
        return
    for name in ("_iterator", "_chunks"):  # of openai's streams, and of ours
        if name in vars(answer):
            setattr(answer, name, _Watched(vars(answer)[name], when_whole))


_SECRET_ARGUMENTS = ("api_key", "admin_api_key", "webhook_secret", "azure_ad_token")


def arguments_of(client: Any, *, with_key: bool) -> dict[str, Any]:
    """What another client of openai's like `client` is made with, without its connections."""
    # Azure's keeps some under a name of its own, and takes no endpoint beside a base URL.
    names = {*(keyword_arguments(openai.OpenAI.__init__) or ()), "api_version"}
    names -= {"http_client", "base_url", "default_headers", "default_query", "provider", "workload_identity"}
    arguments: dict[str, Any] = {"base_url": str(client.base_url), "default_query": default_query(client)}
    for name in names:
        value = getattr(client, name, None) or getattr(client, f"_{name}", None)
        if value is not None and not name.startswith("_") and (with_key or name not in _SECRET_ARGUMENTS):
            arguments[name] = value
    headers = default_headers(client)
    arguments["default_headers"] = headers if with_key else without_secrets(headers, client.api_key)
    return arguments


def _replace_files(options: Any) -> None:
    """Files of a call as Pareta takes them."""
    files = getattr(options, "files", None)
    body = audio_calls.as_pareta_takes_it(options.url, options.json_data or {}, files)
    if body is not None:
        options.json_data, options.files = body, None
        headers = {name: value for name, value in options.headers.items() if name.lower() not in _OF_FILES}
        options.headers = {**headers, "Accept": "application/json"}


def _is_binary(cast_to: Any) -> bool:
    """Whether it is one of openai's classes for an answer that is no JSON: there are three."""
    return "Binary" in getattr(cast_to, "__name__", "")


_OF_FILES = ("accept", "content-type")


class ClientHooks(_OpenAIClient):
    """What openai calls on its clients while a request runs, handed on under names of our own.

    `client.py` fills in those that are empty here and knows nothing of the others.
    """

    def _check_request(self, method: str, path: str, body: Any) -> Any:
        """The body to send in place of `body`; raises where the call cannot succeed."""
        raise NotImplementedError

    def _status_error(self, response: Response, body: object) -> openai.APIStatusError:
        raise NotImplementedError

    def _connection_error(self, error: openai.APIConnectionError) -> openai.APIConnectionError:
        raise NotImplementedError

    def _call_timeout(self) -> float | None:
        """How many seconds a call may take with all its retries."""
        raise NotImplementedError

    def _out_of_time(self, method: str, path: str) -> openai.APITimeoutError:
        """For a call that has no time left for its next attempt."""
        raise NotImplementedError

    def _pause(self, seconds: float) -> float:
        """How many of the seconds before a retry are to be slept."""
        raise NotImplementedError

    def _body_error(self, request: Request, error: Exception) -> Exception:
        """For a transport's `error` while the body of the answer to `request` was read."""
        raise NotImplementedError

    def _unreadable_answer(self, response: Response, reason: str, body: object) -> openai.APIError:
        raise NotImplementedError

    def _unreadable_json(self, response: Response, body: object, error: Exception) -> openai.APIError:
        """For JSON over which openai stumbles."""
        return self._unreadable_answer(response, f"JSON that cannot be read ({type(error).__name__})", body)

    def _answer_class(self, cast_to: Any) -> Any:
        """The class to read an answer into, in place of openai's `cast_to`."""
        raise NotImplementedError

    def _stream_class(self, stream_class: Any) -> Any:
        """The class of stream to give, in place of openai's `stream_class`."""
        raise NotImplementedError

    def _finish_answer(self, answer: object, response: Response) -> None:
        """Add to what a call gives, or to its raw response, what the response's headers tell."""
        raise NotImplementedError

    def _unknown_model(self, error: openai.APIStatusError) -> str | None:
        """The model that `error` says there is none of, where more can be told about that."""
        raise NotImplementedError

    def _unknown_model_error(self, error: openai.APIStatusError, model: str, live: list[str] | None) -> Exception:
        """In place of `error`; `live` are the endpoints that can be called, None where they cannot be listed."""
        raise NotImplementedError

    def _live_endpoints(self) -> Any:
        """Those that can be called, None where they cannot be listed; awaited by an async client."""
        raise NotImplementedError

    def _starts_endpoints(self, path: str) -> bool:
        """Whether a call to `path` that meets a cold endpoint is to start it."""
        raise NotImplementedError

    def _bring_up(self, endpoint_id: str) -> Any:
        """Start an endpoint and wait until it is live; awaited by an async client."""
        raise NotImplementedError

    def _before_request(self, options: Any) -> None:
        """Change a call's options before its first attempt, so that every retry sends the same."""
        if not all(
            hasattr(options, name)
            for name in ("method", "url", "json_data", "extra_json", "headers", "idempotency_key")
        ):
            return
        body = options.json_data
        if isinstance(body, Mapping) and isinstance(options.extra_json, Mapping):
            body, options.extra_json = {**body, **options.extra_json}, None
        options.json_data = self._check_request(options.method, options.url, body)
        _replace_files(options)
        if options.method.lower() == "post":
            headers = options.headers if isinstance(options.headers, Mapping) else {}
            if IDEMPOTENCY_HEADER.lower() not in map(str.lower, headers):
                key = options.idempotency_key or f"pareta-{uuid.uuid4()}"
                options.headers = {**headers, IDEMPOTENCY_HEADER: key}

    _last_url: tuple[Any, Any, Any] = (None, None, None)

    if not TYPE_CHECKING:
        # Hidden from checkers: openai's signatures differ between its versions, and users see openai's.

        def _prepare_url(self, url):
            """openai's, which merges the same path with the same base for each call anew."""
            if not is_fast():
                return super()._prepare_url(url)
            base_url = self.base_url
            last, its_base, prepared = self._last_url
            if last != url or its_base is not base_url:
                prepared = super()._prepare_url(url)
                self._last_url = url, base_url, prepared
            return prepared

        def _build_request(self, options, **kwargs):
            try:
                return super()._build_request(options, **kwargs)
            except UnicodeEncodeError:
                # A cookie once set would fail every request from now on.
                drop_unsendable_cookies(transport(self))
                return super()._build_request(options, **kwargs)

        def _make_status_error_from_response(self, response):
            bodies.ensure_charset(response)
            return super()._make_status_error_from_response(response)

        def _make_status_error(self, err_msg, *, body, response):  # noqa: ARG002
            return self._status_error(response, response.text if is_too_deep(body) else body)

        def _process_response(self, *, cast_to, options, response, stream, **rest):
            bodies.ensure_charset(response)
            if not response.is_closed:
                bodies.guard_body(response, partial(self._body_error, response.request))
            if self._path_of(response.request) == audio_calls.SPEECH and _is_binary(cast_to):
                rest |= {"cast_to": cast_to, "options": options, "stream": stream}
                if isinstance(self, openai.AsyncOpenAI):
                    return self._process_speech_later(response, rest)
                response.read()
                return super()._process_response(response=self._recording(response), **rest)
            if not stream:
                self._guard_json(response)
                self._take_over_parsing(cast_to, options, response)
            answer = super()._process_response(
                cast_to=cast_to, options=options, response=response, stream=stream, **rest
            )
            return self._finish_later(answer, response) if isawaitable(answer) else self._finish_raw(answer, response)

        async def _process_speech_later(self, response, rest):
            await response.aread()
            return await super()._process_response(response=self._recording(response), **rest)

        async def _finish_later(self, answer, response):
            return self._finish_raw(await answer, response)

        def _finish_raw(self, answer, response):
            if hasattr(answer, "http_response"):
                self._finish_answer(answer, response)
            return answer

        def _parse_retry_after_header(self, response_headers=None):
            told = seconds_by_their_clock(response_headers or {})
            return super()._parse_retry_after_header(response_headers) if told is None else told

        def _should_retry(self, response):
            is_cold = response.status_code == 503 and self._starts_endpoints(self._path_of(response.request))
            # The shortest pause that openai makes is three quarters of half a second, unless the platform names one.
            asked_for = self._parse_retry_after_header(response.headers) or 0.375
            return not is_cold and asked_for < deadlines.time_left() and super()._should_retry(response)

        def _calculate_retry_timeout(self, remaining_retries, options, *args, **kwargs):
            pause = super()._calculate_retry_timeout(remaining_retries, options, *args, **kwargs)
            if pause >= deadlines.time_left():
                raise self._out_of_time(options.method, options.url)
            seconds = self._pause(pause)
            deadlines.shorten(pause - seconds)
            return seconds

        def _cut_timeout(self, options):
            """No attempt may take longer than the call has left."""
            left = deadlines.time_left()
            if left == math.inf:
                return
            given = options.timeout if isinstance(options.timeout, (int, float)) else self.timeout
            longest = given if isinstance(given, (int, float)) else math.inf
            options.timeout = max(0.001, min(left, longest))

        def _process_response_data(self, *, data, cast_to, response):
            if not has_shape_of(cast_to, data):
                shown = json.dumps(data)[:40]
                raise self._unreadable_answer(response, f"JSON of another shape: {shown}", data)
            cast_to = self._answer_class(cast_to)
            if is_fast() and not self._strict_response_validation:
                model = decoding.read_model(cast_to, data)
                if model is not None:
                    return model
            try:
                return super()._process_response_data(data=data, cast_to=cast_to, response=response)
            except Exception as error:
                raise self._unreadable_json(response, data, error) from error

    def _recording(self, response: Any) -> Any:
        """The response with a recording, for one whose JSON holds it."""
        self._guard_json(response)
        try:
            content, media_type = audio_calls.recording(response.json())
        except ValueError as error:
            raise self._unreadable_json(response, None, error) from None
        return replace_content(response, content, media_type)

    def _guard_json(self, response: Any) -> None:
        """Make `response.json()`, which openai calls unguarded, raise an error of ours."""

        # Not the response itself: one that holds itself stays until the collector runs.
        find = weakref.ref(response)

        def decode(**kwargs: Any) -> Any:
            asked: Any = find()
            try:
                return read_json(asked.content, **kwargs)
            except ValueError as error:
                self._refuse_body(asked, error)

        response.json = decode

    def _take_over_parsing(self, cast_to: Any, options: Any, response: Any) -> None:
        """Have the last word on what openai parsed, in raw and streaming responses too.

        A body of another type than JSON, which openai hands out as a plain `str`, is an error of ours.
        """
        if not hasattr(options, "post_parser"):
            return
        after = options.post_parser if callable(options.post_parser) else None

        def read(parsed: Any) -> Any:
            if isinstance(parsed, str) and cast_to is not str:
                if not _says_json(response):
                    self._refuse_body(response)
                # In another spelling than openai's.
                parsed = self._process_response_data(data=response.json(), cast_to=cast_to, response=response)  # type: ignore[attr-defined]
            with _refusing(partial(self._unreadable_json, response, None)):
                answer = parsed if after is None else after(parsed)
            if isinstance(answer, openai.BaseModel):
                self._finish_answer(answer, response)
            return answer

        options.post_parser = read

    def _path_of(self, request: Any) -> str:
        """The path below the base URL's, as resources write it."""
        below: str = request.url.path
        return "/" + below.removeprefix(self.base_url.path).lstrip("/")  # type: ignore[attr-defined]

    def _cold_endpoint(self, error: openai.APIStatusError) -> str | None:
        """The endpoint to bring up because of `error`, if there is one."""
        if error.status_code != 503 or not self._starts_endpoints(self._path_of(error.request)):
            return None
        endpoint_id: str | None = getattr(error, "endpoint_id", None)
        return endpoint_id

    def _refuse_body(self, response: Any, error: ValueError | None = None) -> NoReturn:
        body = response.text
        if not body.strip():
            reason = "an empty body"
        elif isinstance(error, UnworkableJSON):
            reason = str(error)
        elif _says_json(response):
            reason = f"JSON that does not parse ({len(body)} characters, perhaps cut short)"
        else:
            reason = f"{response.headers.get('content-type') or 'no content type'} in place of JSON"
        raise self._unreadable_answer(response, reason, body) from None


def _says_json(response: Any) -> bool:
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower() == "application/json"


if TYPE_CHECKING:

    class SyncHooks(ClientHooks, openai.OpenAI): ...

    class AsyncHooks(ClientHooks, openai.AsyncOpenAI): ...

else:

    class SyncHooks(ClientHooks):
        def _prepare_options(self, options):
            self._cut_timeout(options)
            return super()._prepare_options(options)

        def _send_request(self, request, **kwargs):
            try:
                return super()._send_request(request, **kwargs)
            except Exception as error:
                if not is_about_an_address(error):
                    raise
                raise openai.APIConnectionError(request=request) from error

        def request(self, cast_to, options, *args, **kwargs):
            self._before_request(options)
            kwargs["stream_cls"] = self._stream_class(kwargs.get("stream_cls"))

            def send():
                try:
                    with deadlines.within(self._call_timeout()):
                        return super(SyncHooks, self).request(cast_to, options, *args, **kwargs)
                except openai.APIConnectionError as error:
                    raise self._connection_error(error) from error.__cause__
                except request_errors() as error:
                    # While the body of a refusal was read.
                    raise self._body_error(error.request, error) from error

            try:
                return send()
            except openai.APIStatusError as error:
                model = self._unknown_model(error)
                if model is not None:
                    raise self._unknown_model_error(error, model, self._live_endpoints()) from None
                endpoint_id = self._cold_endpoint(error)
                if endpoint_id is None:
                    raise
                try:
                    self._bring_up(endpoint_id)
                except openai.NotFoundError:
                    # The call named no endpoint but something that stands for one, which cannot be looked at.
                    raise error from None
            return send()

    class AsyncHooks(ClientHooks):
        async def _prepare_options(self, options):
            self._cut_timeout(options)
            return await super()._prepare_options(options)

        async def _send_request(self, request, **kwargs):
            try:
                return await super()._send_request(request, **kwargs)
            except Exception as error:
                if not is_about_an_address(error):
                    raise
                raise openai.APIConnectionError(request=request) from error

        async def request(self, cast_to, options, *args, **kwargs):
            self._before_request(options)
            kwargs["stream_cls"] = self._stream_class(kwargs.get("stream_cls"))

            async def send():
                try:
                    with deadlines.within(self._call_timeout()):
                        return await super(AsyncHooks, self).request(cast_to, options, *args, **kwargs)
                except openai.APIConnectionError as error:
                    raise self._connection_error(error) from error.__cause__
                except request_errors() as error:
                    raise self._body_error(error.request, error) from error

            try:
                return await send()
            except openai.APIStatusError as error:
                model = self._unknown_model(error)
                if model is not None:
                    raise self._unknown_model_error(error, model, await self._live_endpoints()) from None
                endpoint_id = self._cold_endpoint(error)
                if endpoint_id is None:
                    raise
                try:
                    await self._bring_up(endpoint_id)
                except openai.NotFoundError:
                    raise error from None
            return await send()
