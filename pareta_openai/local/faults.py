"""Ways for the platform to misbehave, for tests of what a client makes of them.

    from pareta_openai.local import faults

    organisation.add_fault(faults.drop(after_events=3, how="rst"), on="createChatCompletion", times=2)

Over HTTP a fault is JSON with the function's name and its arguments: ``POST /_local/faults`` takes
``{"fault": "drop", "after_events": 3, "how": "rst", "on": "createChatCompletion", "times": 2}``, and a request's header
``X-Pareta-Fault`` the same without `on` and `times`, for that request alone (`header` writes it).

A request meets one fault at most: that of its header, or the one of its organisation that was armed first, a
`slow_reading` before all others. Before that its key is looked at, so a 401 stays one.

Who meets one can be left to chance, which is the same each time: ``times=None, probability=0.1, seed=7`` beside `on`.

That nobody answers at all is no fault of a request: ``with platform.unreachable():`` has the ports refuse connections,
and `UNRESOLVABLE_URL` is a platform whose name no resolver knows.

A fault of streams waits for a request that streams, one that cuts JSON for one that does not. Where such a request is
refused, say with a 402, its answer has nothing to break: it is sent as it is, and the fault is spent.

An event is a chunk, or a deploy's `progress`. What closes the stream (``[DONE]``, `complete`, `error`) is not counted:
a stream with fewer events than a fault waits for meets it in place of its close.
"""

from __future__ import annotations

import base64
import binascii
import functools
import inspect
import json
import re
import sys
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, ParamSpec

from pydantic import Field, ValidationError, validate_call

from .errors import NotAcceptable
from .fault import Action, Broken, Cut, Fault, Instead, Late, Skewed, Slow

__all__ = [
    "UNRESOLVABLE_URL",
    "Fault",
    "answer_lost",
    "clock_skew",
    "drop",
    "empty",
    "end_without_done",
    "error_event",
    "header",
    "html",
    "latency",
    "slow_reading",
    "stall",
    "status",
    "truncated_json",
]

HEADER = "X-Pareta-Fault"
UNRESOLVABLE_URL = "http://pareta.invalid"
"""A base URL. Names below ``.invalid`` are promised to nobody, ever (RFC 6761)."""

_P = ParamSpec("_P")
_ALL = sys.maxsize
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# What the answer's framing follows from.
_FRAMING = {"content-length", "transfer-encoding"}

_Count = Annotated[int, Field(strict=True, ge=0)]
_Code = Annotated[int, Field(strict=True, ge=200, le=599)]
_Seconds = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]
_Rate = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]
# Ten years each way, which leaves a date that can be written.
_Skew = Annotated[float, Field(strict=True, ge=-315_576_000, le=315_576_000)]
_Name = Annotated[str, Field(min_length=1)]
_Ending = Literal["fin", "rst"]


_makers: dict[str, Callable[..., Fault]] = {}


def _fault(function: Callable[_P, Action]) -> Callable[_P, Fault]:
    """Makes faults of what `function` returns, and lets them be said in JSON. They raise `NotAcceptable`."""
    name = function.__name__
    parameters = inspect.signature(function)

    # A platform that nobody wants a fault of starts without them.
    @functools.cache
    def checked() -> Callable[_P, Action]:
        return validate_call(function)

    @functools.wraps(function)
    def make(*arguments: _P.args, **keywords: _P.kwargs) -> Fault:
        try:
            action = checked()(*arguments, **keywords)
        except ValidationError as error:
            raise NotAcceptable(f"{name}: {_words(error)}") from None
        return Fault({"fault": name, **_said(parameters.bind(*arguments, **keywords).arguments)}, action)

    _makers[name] = make
    return make


@_fault
def status(
    code: _Code,
    body: dict[str, Any] | list[Any] | str | bytes | None = None,
    *,
    body_base64: str | None = None,
    retry_after: _Seconds | str | None = None,
    headers: Mapping[str, str] = {},
    clock_skew: _Skew | None = None,
) -> Instead:
    """Any status with any body; without one it is the platform's own ``{"detail": …}``.

    `retry_after` is sent as it is: seconds, or what stands in its place, such as an HTTP date. With a `clock_skew`, in
    seconds, its seconds are told as a date, by a clock that is so far ahead, or behind; so is `Date`. `body_base64` is
    for bytes that JSON cannot spell. The request is not carried out.
    """
    if body is not None and body_base64 is not None:
        raise NotAcceptable("status: give it a body or a body_base64, not both.")
    kind = "text/plain; charset=utf-8"
    if body_base64 is not None:
        body = _decoded(body_base64)
    elif body is None:
        body = {"detail": f"A fault was armed: status {code}."}
    if isinstance(body, (dict, list)):
        kind = "application/json"
        body = _json(body)
    all_headers = {"content-type": kind, **_headers(headers)}
    if retry_after is not None:
        seconds = retry_after if isinstance(retry_after, str) else _number(retry_after)
        all_headers.update(_headers({"retry-after": seconds}))
    return Instead(code, all_headers, body.encode() if isinstance(body, str) else body, clock_skew)


@_fault
def html(code: _Code = 502) -> Instead:
    """A proxy's page, say with status 502 or 200. The request is not carried out."""
    page = f"<html>\r\n<head><title>{code}</title></head>\r\n<body><center><h1>{code}</h1></center></body>\r\n</html>"
    return Instead(code, {"content-type": "text/html"}, page.encode())


@_fault
def empty(code: _Code = 200) -> Instead:
    """An answer that says it is JSON, and has no body. The request is not carried out."""
    return Instead(code, {"content-type": "application/json"}, b"")


@_fault
def truncated_json() -> Cut:
    """A plain answer whose JSON stops in the middle, with a `Content-Length` that fits it."""
    return Cut()


@_fault
def latency(*, before_headers: _Seconds = 0, before_first_token: _Seconds = 0, between_tokens: _Seconds = 0) -> Late:
    """An answer that is late, though the work was done and booked at once. The last two are for streams."""
    if not before_headers and not before_first_token and not between_tokens:
        raise NotAcceptable("latency: say where it is to wait, and for how many seconds.")
    return Late(before_headers, before_first_token, between_tokens)


@_fault
def slow_reading(*, bytes_per_second: _Rate) -> Slow:
    """A request whose body the platform takes in at this pace, and then carries out.

    What the client's system and ours keep in between is sent at once all the same: while it sends, a client notices it
    with a body of several MiB, and with a smaller one by an answer that is late.
    """
    return Slow(bytes_per_second)


@_fault
def clock_skew(seconds: _Skew) -> Skewed:
    """An answer by a clock that is so many `seconds` ahead, or behind where they are negative.

    That goes for its `Date`, for its timestamps (`created`, `created_at`), and for a `Retry-After`, which is then told
    as a date: of a 503, say. A 429 by such a clock is ``status(429, retry_after=2, clock_skew=3600)``.
    """
    return Skewed(seconds)


@_fault
def drop(
    *,
    before_headers: bool = False,
    after_events: _Count | None = None,
    after_bytes: _Count | None = None,
    at_event: _Name | None = None,
    how: _Ending = "fin",
) -> Broken:
    """The connection closes (``fin``) or is reset (``rst``) without the rest of the answer.

    Before its head, where nothing else is given: then the request is not carried out either (`answer_lost` does so).
    `after_events` is for streams, `after_bytes` of the body for any answer, and `at_event` is the stage of a deploy,
    such as ``pulling-weights``, whose first event is the last one. What came before is delivered.
    """
    given = [after_events is not None, after_bytes is not None, at_event is not None]
    if before_headers + sum(given) > 1:
        raise NotAcceptable("drop: one of before_headers, after_events, after_bytes and at_event, not more.")
    return Broken(how, carried_out=any(given), after_events=after_events, after_bytes=after_bytes, at_event=at_event)


@_fault
def answer_lost(*, how: _Ending = "fin") -> Broken:
    """The request is carried out and booked, and the connection ends before the first byte of its answer."""
    return Broken(how)


@_fault
def stall(*, after_events: _Count | None = None) -> Broken:
    """Nothing more is sent until the client gives up or the platform stops.

    Not even the head where `after_events` is not given; then it is for any answer. The request is carried out.
    """
    return Broken("stall", after_events=after_events)


@_fault
def end_without_done(*, after_events: _Count | None = None) -> Broken:
    """A stream that ends as if it were whole, after `after_events` or all of them, without its closing event."""
    return Broken("end", after_events=_ALL if after_events is None else after_events)


@_fault
def error_event(
    *,
    after_events: _Count = 0,
    error: Mapping[str, Any] = {
        "message": "The model server failed.",
        "type": "InternalServerError",
        "code": 500,
    },
) -> Broken:
    """A stream with an error in it: ``data: {"error": …}`` and ``[DONE]``, as vLLM does it.

    A deploy has its own form: ``event: error`` with the error's message.
    """
    return Broken("error", after_events=after_events, error=dict(error))


def read(document: Any) -> Fault:
    """The fault that JSON says. Raises `NotAcceptable`."""
    if not isinstance(document, dict):
        raise NotAcceptable('A fault is a JSON object such as {"fault": "drop", "after_events": 3}.')
    arguments = dict(document)
    name = arguments.pop("fault", None)
    make = _makers.get(name) if isinstance(name, str) else None
    if make is None:
        raise NotAcceptable(f"No fault {name!r}: it is one of {', '.join(sorted(_makers))}.")
    return make(**arguments)


def read_header(text: str) -> Fault:
    """The fault that a request's `X-Pareta-Fault` says. Raises `NotAcceptable`."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise NotAcceptable(f"The header {HEADER} is not JSON.") from None
    return read(document)


def header(fault: Fault) -> dict[str, str]:
    """The header that makes a single request meet `fault`, and each of its retries that sends it again."""
    return {HEADER: json.dumps(fault.document)}


def _words(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}."


def _said(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON can say it."""
    said = dict(arguments)
    if isinstance(said.get("body"), bytes):
        try:
            said["body"] = said["body"].decode()
        except UnicodeDecodeError:
            said["body_base64"] = base64.b64encode(said.pop("body")).decode()
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in said.items()}


def _headers(headers: Mapping[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not _TOKEN.fullmatch(name) or name.lower() in _FRAMING:
            raise NotAcceptable(f"status: {name!r} is not a header that a fault can set.")
        if not value.isascii() or not value.isprintable() or value != value.strip():
            raise NotAcceptable(f"status: the header {name} cannot be sent with the value {value!r}.")
    return {name.lower(): value for name, value in headers.items()}


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NotAcceptable("status: body_base64 is not Base64.") from None


def _json(value: Any) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except (TypeError, ValueError):
        raise NotAcceptable("status: the body cannot be written as JSON.") from None


def _number(seconds: float) -> str:
    return str(int(seconds)) if seconds == int(seconds) else repr(seconds)
