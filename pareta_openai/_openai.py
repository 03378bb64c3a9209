"""The seam: every use of openai's non-public names is in this module, and nowhere else.

| Name of openai's                   | Relied on for                           | Where it is gone                     |
|------------------------------------|-----------------------------------------|--------------------------------------|
| `FinalRequestOptions`' attributes  | model aliases, checks, idempotency keys | requests go out as openai has them   |
| `_make_status_error`               | our exceptions for 4xx and 5xx          | openai's exceptions                  |
| `_process_response`, `post_parser` | bodies that are not JSON                | openai's `str`, or `JSONDecodeError` |
| `_process_response_data`           | JSON of another shape than expected     | the decoded JSON as it came          |
| `_custom_headers`                  | keeping OPENAI_CUSTOM_HEADERS home      | no client while that is set          |
| `_refresh_api_key`                 | whether `api_key=` takes callables      | strings only                         |

Checked on openai 1.66.0, 1.109.1, 2.0.0, 2.54.0, 3.0.0 and 3.54.0; `tests/test_openai_seam.py` fails when one
of them moves. Beside these, openai 3 brings httpx2 where 1 and 2 brought httpx: types come from the
installed one, by way of openai's own names.
"""

from __future__ import annotations

import inspect
import json
import os
import sys
import uuid
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn, get_args, get_origin

import openai

if TYPE_CHECKING:
    # Types alone: at run time nothing of these is touched.
    from httpx2 import URL as URL
    from httpx2 import Request as Request
    from httpx2 import Response as Response
    from openai._client import AsyncOpenAIWithRawResponse as AsyncOpenAIWithRawResponse
    from openai._client import AsyncOpenAIWithStreamedResponse as AsyncOpenAIWithStreamedResponse
    from openai._client import OpenAIWithRawResponse as OpenAIWithRawResponse
    from openai._client import OpenAIWithStreamedResponse as OpenAIWithStreamedResponse

    # As openai has it for checkers, and one can override only like with like.
    cached_property = property
else:
    from functools import cached_property as cached_property

IDEMPOTENCY_HEADER = "Idempotency-Key"

TAKES_KEY_PROVIDERS = hasattr(openai.OpenAI, "_refresh_api_key")
"""Whether the installed openai takes a callable for `api_key`."""


@cache
def keyword_arguments(function: Callable[..., Any]) -> frozenset[str] | None:
    """The names that `function` takes, on the installed openai; None where a wrapper has erased them."""
    parameters = inspect.signature(function).parameters.values()
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return None
    return frozenset(p.name for p in parameters) - {"self"}


def _transports() -> list[Any]:
    """openai 3 takes clients of httpx too, so a response may be of either."""
    return [sys.modules[name] for name in ("httpx", "httpx2") if name in sys.modules]


def transport_errors() -> tuple[type[Exception], ...]:
    """What reading a response's body raises when the connection fails."""
    return (OSError, *(transport.RequestError for transport in _transports()))


def transport_timeouts() -> tuple[type[Exception], ...]:
    """Those of `transport_errors` that mean that nothing came for too long."""
    return tuple(transport.TimeoutException for transport in _transports())


def forget_ambient_headers(client: Any, explicit: Mapping[str, Any] | None) -> None:
    """Leave a new client with the caller's default headers alone, without those of OPENAI_CUSTOM_HEADERS."""
    if hasattr(client, "_custom_headers"):
        client._custom_headers = dict(explicit or {})
    elif os.environ.get("OPENAI_CUSTOM_HEADERS"):
        raise openai.OpenAIError(
            f"openai {openai.__version__} keeps the headers of OPENAI_CUSTOM_HEADERS where they cannot be taken out, "
            "and they are not meant for Pareta: unset the variable for this process."
        )


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


class ClientHooks:
    """What openai calls on its clients while a request runs, handed on under names of our own.

    `client.py` fills in the first four methods and knows nothing of those below them.
    """

    def _check_request(self, path: str, body: Any) -> Any:
        """The body to send in place of `body`; raises where the call cannot succeed."""
        raise NotImplementedError

    def _status_error(self, response: Response, body: object) -> openai.APIStatusError:
        raise NotImplementedError

    def _connection_error(self, error: openai.APIConnectionError) -> openai.APIConnectionError:
        raise NotImplementedError

    def _unreadable_answer(self, response: Response, reason: str, body: object) -> openai.APIError:
        raise NotImplementedError

    def _before_request(self, options: Any) -> None:
        """Change a call's options before its first attempt, so that every retry sends the same."""
        if not all(hasattr(options, name) for name in ("method", "url", "json_data", "headers", "idempotency_key")):
            return
        checked = self._check_request(options.url, options.json_data)
        if checked is not options.json_data:
            options.json_data = checked
        if options.method.lower() == "post":
            headers = options.headers if isinstance(options.headers, Mapping) else {}
            if IDEMPOTENCY_HEADER.lower() not in map(str.lower, headers):
                key = options.idempotency_key or f"pareta-{uuid.uuid4()}"
                options.headers = {**headers, IDEMPOTENCY_HEADER: key}

    if not TYPE_CHECKING:
        # Hidden from checkers: openai's signatures differ between its versions, and users see openai's.

        def _make_status_error(self, err_msg, *, body, response):  # noqa: ARG002
            return self._status_error(response, body)

        def _process_response(self, *, cast_to, options, response, stream, **rest):
            if not stream:
                self._guard_json(response)
                self._guard_text(cast_to, options, response)
            return super()._process_response(cast_to=cast_to, options=options, response=response, stream=stream, **rest)

        def _process_response_data(self, *, data, cast_to, response):
            if not _has_shape_of(cast_to, data):
                shown = json.dumps(data)[:40]
                raise self._unreadable_answer(response, f"JSON of another shape than expected: {shown}", data)
            return super()._process_response_data(data=data, cast_to=cast_to, response=response)

    def _guard_json(self, response: Any) -> None:
        """Make `response.json()`, which openai calls unguarded, raise an error of ours."""
        decode = response.json

        def guarded(**kwargs: Any) -> Any:
            try:
                return decode(**kwargs)
            except (ValueError, RecursionError):
                self._refuse_body(response)

        response.json = guarded

    def _guard_text(self, cast_to: Any, options: Any, response: Any) -> None:
        """Make openai, which hands out a body of another type than JSON as a plain `str`, raise an error of ours."""
        if not hasattr(options, "post_parser"):
            return
        after = options.post_parser if callable(options.post_parser) else None

        def read(parsed: Any) -> Any:
            if isinstance(parsed, str) and cast_to is not str and not _says_json(response):
                self._refuse_body(response)
            return parsed if after is None else after(parsed)

        options.post_parser = read

    def _refuse_body(self, response: Any) -> NoReturn:
        body = response.text
        if not body.strip():
            reason = "an empty body"
        elif _says_json(response):
            reason = f"JSON that does not parse ({len(body)} characters, perhaps cut short)"
        else:
            reason = f"{response.headers.get('content-type') or 'no content type'} in place of JSON"
        raise self._unreadable_answer(response, reason, body) from None


def _says_json(response: Any) -> bool:
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower() == "application/json"


def _has_shape_of(cast_to: Any, data: object) -> bool:
    """Whether openai can read `data` into a model, or a list of models; for all else it is left to openai."""
    if get_origin(cast_to) is list:
        (item,) = get_args(cast_to)
        return isinstance(data, list) and all(_has_shape_of(item, each) for each in data)
    if inspect.isclass(cast_to) and issubclass(cast_to, openai.BaseModel):
        return isinstance(data, Mapping)
    return True


if TYPE_CHECKING:

    class SyncHooks(ClientHooks, openai.OpenAI): ...

    class AsyncHooks(ClientHooks, openai.AsyncOpenAI): ...

else:

    class SyncHooks(ClientHooks):
        def request(self, cast_to, options, *args, **kwargs):
            self._before_request(options)
            try:
                return super().request(cast_to, options, *args, **kwargs)
            except openai.APIConnectionError as error:
                raise self._connection_error(error) from error.__cause__

    class AsyncHooks(ClientHooks):
        async def request(self, cast_to, options, *args, **kwargs):
            self._before_request(options)
            try:
                return await super().request(cast_to, options, *args, **kwargs)
            except openai.APIConnectionError as error:
                raise self._connection_error(error) from error.__cause__
