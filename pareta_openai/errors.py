"""The exceptions, and which answer becomes which.

    ParetaError                           an openai.OpenAIError
    ├── APIError                          an error within a stream that tells no status
    ├── APIConnectionError                the platform was not reached, or the connection broke
    │   ├── APITimeoutError
    │   └── IncompleteStreamError         a stream that ended before its answer did
    ├── APIResponseValidationError        a success whose body cannot be read
    ├── DeploymentFailedError             a deploy, or a start, that did not end in a live endpoint
    ├── UploadFailedError                 the storage that a signed URL named did not take a document
    ├── WaitTimeoutError                  what was waited for goes on; also a TimeoutError
    └── APIStatusError                    any other 4xx
        ├── BadRequestError               400
        │   └── UnprocessableEntityError  422
        ├── AuthenticationError           401
        ├── InsufficientCreditsError      402
        ├── PermissionDeniedError         403
        ├── NotFoundError                 404
        │   ├── UnknownModelError         a model of OpenAI's that no endpoint stands for; also a ValueError
        │   └── UnsupportedOnParetaError  a call of openai's that Pareta does not answer: nothing was sent
        ├── ConflictError                 409
        ├── RateLimitError                429
        └── InternalServerError           5xx
            └── EndpointNotReadyError     503

Each is also the class of the same name in openai (402 and 503 have none: they are an
``openai.APIStatusError`` and an ``openai.InternalServerError``), so that existing ``except`` clauses go on
catching what they caught. A `ParetaError` raised as such is about the client's own settings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import openai

from . import pickling, transports
from .retry_after import seconds_to_wait

if TYPE_CHECKING:
    from .transports import Request, Response


class ParetaError(openai.OpenAIError):
    """The root of everything that this package raises about Pareta.

    All of them go through pickle and copy whole, but for the API key in the request that they carry.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        state = {name: pickling.freeze(value) for name, value in vars(self).items()}
        return _thaw, (type(self), self.args, state)


def _thaw(error_class: type[ParetaError], arguments: tuple[Any, ...], state: dict[str, Any]) -> ParetaError:
    error = error_class.__new__(error_class)
    error.args = arguments
    vars(error).update({name: pickling.thaw(value) for name, value in state.items()})
    return error


class APIError(ParetaError, openai.APIError):
    """The platform reported an error within a stream, and neither its code nor its type tells a status."""


class APIConnectionError(ParetaError, openai.APIConnectionError):
    """The platform was not reached, or the connection broke before the answer was whole."""


class APITimeoutError(APIConnectionError, openai.APITimeoutError):
    """The platform did not answer within the timeout."""


class IncompleteStreamError(APIConnectionError):
    """A stream ended without ``[DONE]`` and without a `finish_reason`: what came is not the whole answer."""

    partial: str
    """The text of the first choice, as far as it came; of more than a MiB, the beginning."""

    def __init__(self, *, partial: str, request: Request, is_cut: bool = False) -> None:
        more = "more than " if is_cut else ""
        super().__init__(
            message=(
                f"The stream ended before the answer did, after {more}{len(partial)} characters; they are in .partial. "
                "It cannot be resumed: send the call again."
            ),
            request=request,
        )
        self.partial = partial


class APIResponseValidationError(ParetaError, openai.APIResponseValidationError):
    """A success status over a body that cannot be read: HTML, nothing at all, JSON cut short."""


class DeploymentFailedError(ParetaError):
    """A deploy ended in an error, or ended before the endpoint was live."""

    stage: str | None
    """The last stage that was reported, e.g. ``pulling weights``; None where there was none."""

    def __init__(self, message: str, *, stage: str | None = None) -> None:
        super().__init__(f"{message} (last stage: {stage})" if stage else message)
        self.stage = stage


class UploadFailedError(ParetaError):
    """The storage that a signed URL named did not take a document."""

    status_code: int
    host: str

    def __init__(self, message: str, *, status_code: int, host: str) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.host = host


class WaitTimeoutError(ParetaError, TimeoutError):
    """What was waited for was not done in time. It goes on at the platform."""

    id: str
    """Of the endpoint or eval run."""
    status: str | None
    """As it was last seen."""
    waited: float
    """In seconds."""

    def __init__(self, message: str, *, id: str, status: str | None, waited: float) -> None:
        super().__init__(message)
        self.id = id
        self.status = status
        self.waited = waited


class APIStatusError(ParetaError, openai.APIStatusError):
    """The platform answered with a status of 4xx or 5xx."""

    hint: str
    """What to do about it, for a person; may be empty."""

    _hint = ""
    """What `hint` is where the answer does not tell more."""

    detail: Any
    """What the platform says went wrong: its text, a 422's list of findings, or None where it says nothing."""

    retry_after: float | None
    """In how many seconds the platform says to try again, where it does."""

    def __init__(self, message: str, *, response: Response, body: object | None) -> None:
        super().__init__(message, response=response, body=body)
        self.detail = _detail(body)
        self.hint = self._hint
        self.retry_after = seconds_to_wait(response.headers)


class BadRequestError(APIStatusError, openai.BadRequestError):
    """400: the request is malformed."""


# openai keeps 400 and 422 apart and Pareta's own client does not: this one is caught as either.
class UnprocessableEntityError(BadRequestError, openai.UnprocessableEntityError):  # type: ignore[misc]
    """422: the request is malformed; `detail` lists where."""


class AuthenticationError(APIStatusError, openai.AuthenticationError):
    """401: the key is missing, wrong, or of another environment."""

    _hint = "Check PARETA_API_KEY: a key belongs to one environment (production or staging) and can be revoked."


class InsufficientCreditsError(APIStatusError):
    """402: the organisation is out of credit."""

    _hint = "Top up in the Pareta dashboard: there is no API for it. The call was not billed."


class PermissionDeniedError(APIStatusError, openai.PermissionDeniedError):
    """403: the key is known and may not do this."""

    _hint = "The key is valid and may not do this: ask an owner of the organisation, or use another key."


class NotFoundError(APIStatusError, openai.NotFoundError):
    """404: no such endpoint, task, eval set, run or route."""

    _hint = "client.models.list() has the endpoints that can be called, client.tasks.list() the tasks."


class UnknownModelError(NotFoundError, ValueError):
    """404: the model is named as OpenAI names its own, and no endpoint or alias stands for it."""

    _hint = ""


class UnsupportedOnParetaError(NotFoundError):
    """Openai's client has this call and Pareta does not answer it; nothing was sent, and `response` is made up."""

    _hint = ""


class ConflictError(APIStatusError, openai.ConflictError):
    """409: a seed endpoint, which cannot be changed, or a passing lock."""


class RateLimitError(APIStatusError, openai.RateLimitError):
    """429: throttled."""

    _hint = "Send less at once, or give the client a larger max_retries: it honours the platform's Retry-After."


class InternalServerError(APIStatusError, openai.InternalServerError):
    """5xx: a fault of the platform's."""


class EndpointNotReadyError(InternalServerError):
    """503: the endpoint is stopped or starting, or its provider is down."""

    _hint = "Try again in a minute."

    endpoint_id: str | None
    """The endpoint that was called, where the request named one."""

    def __init__(self, message: str, *, response: Response, body: object | None) -> None:
        super().__init__(message, response=response, body=body)
        self.endpoint_id = named_endpoint(response.request)
        if self.endpoint_id is not None:
            self.hint = (
                f"Endpoint {self.endpoint_id} is stopped or still starting: "
                f"client.endpoints.start({self.endpoint_id!r}) starts it, which takes minutes."
            )


_BY_STATUS: dict[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    402: InsufficientCreditsError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: UnprocessableEntityError,
    429: RateLimitError,
    503: EndpointNotReadyError,
}


def _name_after_the_package() -> None:
    # What a user imported is what a traceback and a pickle name.
    for value in globals().values():
        if isinstance(value, type) and issubclass(value, ParetaError):
            value.__module__ = __package__ or ""


_name_after_the_package()


# By a type or code in words, without its case, separators and a last "error".
_STATUS_OF_TYPE = {
    "badrequest": 400,
    "invalidrequest": 400,
    "contextlengthexceeded": 400,
    "authentication": 401,
    "invalidapikey": 401,
    "insufficientcredits": 402,
    "permission": 403,
    "permissiondenied": 403,
    "notfound": 404,
    "conflict": 409,
    "unprocessableentity": 422,
    "ratelimit": 429,
    "ratelimitexceeded": 429,
    "insufficientquota": 429,
    "server": 500,
    "api": 500,
    "internal": 500,
    "internalserver": 500,
    "endpointnotready": 503,
    "overloaded": 503,
    "serviceunavailable": 503,
}


def status_error(
    response: Response, body: object | None, *, status: int | None = None, hint: str | None = None
) -> APIStatusError:
    """The exception for a 4xx or 5xx answer. `body` is the decoded JSON, or the text where it is none.

    `status` is the response's own unless it was told within a stream, `hint` the exception's own unless there is more
    to tell.
    """
    status = response.status_code if status is None else status
    error_class = _BY_STATUS.get(status, InternalServerError if status >= 500 else APIStatusError)
    # openai puts the inside of an OpenAI-shaped error on .body, and handlers read .body["code"].
    inner = body.get("error", body) if isinstance(body, Mapping) else body
    message = f"Error code: {status}{_said(_detail(inner))}"
    error = error_class(message, response=response, body=inner)
    if hint is not None:
        error.hint = hint
    if error.hint:
        error.message = f"{message} {error.hint}"
        error.args = (error.message,)
    return error


def stream_error(response: Response, body: object) -> APIError | APIStatusError:
    """The exception for an error event in a stream whose own status was 200.

    `body` is what the event holds: ``{"error": {"message", "type", "code"}}``, or the inside of it.
    """
    inner = body.get("error", body) if isinstance(body, Mapping) else body
    status = _implied_status(inner) if isinstance(inner, Mapping) else None
    if status is None:
        message = f"The platform reported an error within the stream{_said(_detail(inner))}"
        return APIError(message, response.request, body=inner)
    error = status_error(response, inner, status=status)
    error.status_code = status
    return error


def _implied_status(error: Mapping[str, Any]) -> int | None:
    """From the code or the status where one is a number, else from the names that the code and the type are."""
    for value in (error.get("code"), error.get("status"), error.get("status_code")):
        text = str(value)
        if len(text) == 3 and text.isdecimal() and 400 <= int(text) <= 599:
            return int(text)
    for value in (error.get("type"), error.get("code")):
        status = _STATUS_OF_TYPE.get(str(value).replace("_", "").replace("-", "").lower().removesuffix("error"))
        if status is not None:
            return status
    return None


def unknown_model(error: openai.APIStatusError, model: str, live: list[str] | None) -> UnknownModelError:
    """For a 404 about `model`; `live` are the ids of the endpoints that can be called, None where nobody knows."""
    if live:
        endpoint = live[0]
        others = f" Live are {', '.join(live[:10])}{', …' if len(live) > 10 else ''}." if len(live) > 1 else ""
        advice = (
            f'Say which endpoint stands for it: OpenAI(model_aliases={{"{model}": "{endpoint}"}}), or '
            f'PARETA_MODEL_ALIASES={model}={endpoint}, or the line "{model}" = "{endpoint}" under '
            f"[tool.pareta.model-aliases] in pyproject.toml, for pareta-openai run and from_env(config=True).{others}"
        )
    elif live is None:
        advice = "client.models.list() has your endpoints; OpenAI(model_aliases=…) says which of them stands for it."
    else:
        advice = "No endpoint is live: client.endpoints.deploy(task=…) deploys one, to name in OpenAI(model_aliases=…)."
    message = f"{model} is a model of OpenAI's, and none of your endpoints. {advice}"
    return UnknownModelError(message, response=error.response, body=error.body)


def unsupported(client: Any, method: str, path: str, advice: str) -> UnsupportedOnParetaError:
    """For a call of `client`'s that is not sent; `advice` names what there is in its place."""
    message = f"Pareta does not answer {method.upper()} {path}: {advice}. OpenAI(allow_unsupported=True) sends it."
    response = transports.not_found(transports.request_for(client, method.upper(), path))
    return UnsupportedOnParetaError(message, response=response, body=None)


def connection_error(error: openai.APIConnectionError) -> APIConnectionError:
    """Ours for openai's, from the same request."""
    if isinstance(error, APIConnectionError):
        return error
    if isinstance(error, openai.APITimeoutError):
        return APITimeoutError(request=error.request)
    if isinstance(error.__cause__, transports.decoding_errors()):
        message = f"The answer of {error.request.url.host} cannot be unpacked: it is damaged, or made to fill memory."
        return APIConnectionError(message=message, request=error.request)
    # The cause's own text may quote a header, and with it the key.
    cause = f" ({type(error.__cause__).__name__})" if error.__cause__ else ""
    return APIConnectionError(
        message=f"No connection to {error.request.url.host}{cause}. Check the network, and PARETA_BASE_URL.",
        request=error.request,
    )


def broken_off(request: Request, error: Exception, *, during: str = "the answer") -> APIConnectionError:
    """For a transport's `error` while a body was read, or for the exception of ours that it has become before."""
    cause = error.__cause__ if isinstance(error, APIConnectionError) else error
    if isinstance(error, APITimeoutError) or isinstance(cause, transports.transport_timeouts()):
        return APITimeoutError(request=request)
    return APIConnectionError(
        message=f"The connection broke off during {during} ({type(cause).__name__}). What came cannot be resumed.",
        request=request,
    )


def unreadable_answer(response: Response, reason: str, body: object | None) -> APIResponseValidationError:
    """For a success status over a `body` that is not what the call answers with; `reason` says what was found."""
    request = response.request
    return APIResponseValidationError(
        response=response,
        body=body,
        message=(
            f"{request.method} {request.url.path} was answered {response.status_code} with {reason}. "
            "A proxy may stand between, or the base URL may point at something that is not Pareta."
        ),
    )


def require_events(response: Response) -> None:
    """For a stream of which no event came: raises where that is because it was no stream of events at all."""
    content_type = response.headers.get("content-type", "")
    if not content_type.startswith("text/event-stream"):
        reason = f"{content_type or 'no content type'} in place of a stream of events"
        raise unreadable_answer(response, reason, None)


def _detail(body: object | None) -> Any:
    """From ``{"detail": …}`` (the platform), ``{"message": …}`` (an OpenAI-shaped error's inside), or plain text."""
    if isinstance(body, Mapping):
        return body.get("detail", body.get("message"))
    if isinstance(body, str) and body and not body.lstrip().startswith("<"):
        return body
    return None


_LONGEST = 500
"""In characters, of the platform's words in an exception's message."""


def _said(detail: Any) -> str:
    """` - <the platform's words>.`, on one line and bounded, or nothing."""
    if isinstance(detail, list):
        detail = "; ".join(_finding(item) for item in detail[:_LONGEST])
    if not detail:
        return "."
    # Cut before it is taken apart: it may be of any length.
    text = " ".join(str(detail)[: 2 * _LONGEST].split())
    return f" - {text[:_LONGEST].rstrip('.')}."


def _finding(item: object) -> str:
    """One finding of a 422: ``body.messages: Field required``."""
    if not isinstance(item, Mapping):
        return str(item)
    location = item.get("loc")
    where = ".".join(map(str, location)) if isinstance(location, list) else ""
    return ": ".join(filter(None, [where, str(item.get("msg", ""))]))


def named_endpoint(request: Request) -> str | None:
    """What the path of a request, or the `model` in its body, names."""
    in_path = re.search(r"/endpoints/([^/]+)", request.url.path)
    if in_path:
        return unquote(in_path[1])
    try:
        body = json.loads(request.content)
    except (RuntimeError, ValueError):  # a body that was streamed from a file, or is no JSON
        return None
    model = body.get("model") if isinstance(body, dict) else None
    return model if isinstance(model, str) else None
