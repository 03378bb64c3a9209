"""Carries out the faults that requests meet."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from typing import Any, cast

from fastapi.security.utils import get_authorization_scheme_param
from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import faults
from .blobs import Ticket
from .clock import Clock
from .connection import Connection
from .errors import NotAcceptable, Refusal
from .faults import Broken, Cut, Fault, Instead, Late
from .headers import header
from .operations import DEPLOY, UPLOAD, Operation, find_operation, require_operation
from .state import State

Caller = tuple[str, Operation]
"""The organisation that a request comes from, and what it asks for."""

_HEADER = faults.HEADER.lower().encode()
_BODILESS = (204, 304)
_CLOSING = (b"data: [DONE]", b"event: complete", b"event: error")


class FaultInjection:
    """`identify` gives None for a request that no fault is for, such as one without a key that is known."""

    def __init__(self, app: ASGIApp, state: State, identify: Callable[[State, Scope], Caller | None]) -> None:
        self._app = app
        self._state = state
        self._identify = identify

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        said = header(scope, _HEADER)
        if said is None and not self._state.faults:
            await self._app(scope, receive, send)
            return
        caller = self._identify(self._state, scope)
        if caller is None or (said is None and not self._state.faults.list(caller[0])):
            await self._app(scope, receive, send)
            return
        request = _Request(receive)
        try:
            fault = await self._find(*caller, request, said)
        except Refusal as refusal:
            await request.read_rest()
            await JSONResponse({"detail": str(refusal)}, status_code=400)(scope, receive, send)
            return
        scope["state"].update(organisation=caller[0], fault=str(fault) if fault else None)
        await _meet(fault, caller[1], self._state.clock, self._app, request, scope, send)

    async def _find(
        self, organisation_id: str, operation: Operation, request: _Request, said: str | None
    ) -> Fault | None:
        """Raises `NotAcceptable` for a header that is not a fault, or not one of this operation."""
        streams = operation.streams and (not operation.answers_json or await request.wants_stream())
        if said is None:
            return self._state.faults.take(organisation_id, operation, streams=streams)
        fault = faults.read_header(said)
        fault.require_fit(operation)
        if not fault.fits(operation, streams=streams):
            raise NotAcceptable(f"{fault} does not fit this request, which asks for {'a' if streams else 'no'} stream.")
        return fault


class FaultyResponse(Response):
    """`response`, as it arrives where its request, which was read, meets `fault`. None where it is not carried out."""

    background = None

    def __init__(self, response: Response | None, fault: Fault, operation: Operation, clock: Clock) -> None:
        self._response = response
        self._fault = fault
        self._operation = operation
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["fault"] = str(self._fault)
        request = _Request(receive, is_read=True)
        await _meet(self._fault, self._operation, self._clock, self._response, request, scope, send)


async def _meet(
    fault: Fault | None,
    operation: Operation,
    clock: Clock,
    app: ASGIApp | None,
    request: _Request,
    scope: Scope,
    send: Send,
) -> None:
    """`app` may be None for a fault that does not come to it."""
    connection = cast(Connection, scope["state"]["connection"])
    action = fault.action if fault else None
    if isinstance(action, Instead):
        await request.read_rest()
        body = b"" if action.status in _BODILESS else action.body
        await Response(body, action.status, action.headers)(scope, request.receive, send)
        return
    if isinstance(action, Broken):
        answer = _BrokenAnswer(action, operation, request, connection, send)
        if not action.carried_out:
            await answer.strike()
            return
        send = answer.send
    elif isinstance(action, Late):
        send = _LateAnswer(action, connection, clock, send).send
    elif isinstance(action, Cut):
        send = _CutAnswer(send).send
    assert app is not None
    await app(scope, request.receive, send)


def api_caller(state: State, scope: Scope) -> Caller | None:
    operation = find_operation(scope["method"], scope["path"])
    scheme, key = get_authorization_scheme_param(header(scope, b"authorization"))
    if operation is None or scheme.lower() != "bearer":
        return None
    try:
        return state.organisations.authenticate(key), operation
    except Refusal:
        return None


def storage_caller(state: State, scope: Scope) -> Caller | None:
    """The organisation whose signed URL it is."""
    _, _, blob_id = scope["path"].partition("/uploads/")
    query = QueryParams(scope["query_string"])
    try:
        ticket = Ticket(blob_id, int(query.get("expires", "")), query.get("signature", ""))
        return state.blobs.owner(state.blobs.admit(ticket, now=state.now())), require_operation(UPLOAD)
    except (Refusal, ValueError):
        return None


class _Request:
    """What the client sends, kept where it was looked at before its turn."""

    def __init__(self, receive: Receive, *, is_read: bool = False) -> None:
        self._receive = receive
        self._kept: deque[Message] = deque()
        self._is_read = is_read
        self._refusal: HTTPException | None = None

    async def receive(self) -> Message:
        if self._kept:
            return self._kept.popleft()
        if self._refusal is not None:
            raise self._refusal
        return await self._receive_next()

    async def wants_stream(self) -> bool:
        """Whether its JSON says so."""
        while not self._is_read:
            await self._look()
        try:
            body = json.loads(b"".join(message.get("body", b"") for message in self._kept))
        except (ValueError, RecursionError):
            return False
        return isinstance(body, dict) and body.get("stream") is True

    async def read_rest(self) -> None:
        """A connection that is closed before it was read is reset, and may take the answer with it."""
        while not self._is_read:
            await self._look()
            self._kept.clear()

    async def _look(self) -> None:
        try:
            self._kept.append(await self._receive_next())
        except HTTPException as refusal:
            # For the one who reads it in its turn.
            self._refusal = refusal
            self._is_read = True

    async def _receive_next(self) -> Message:
        message = await self._receive()
        self._is_read = not message.get("more_body", False)
        return message


class _Events:
    """Cuts the body of a stream into its events."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, body: bytes) -> list[bytes]:
        *events, self._rest = (self._rest + body).split(b"\n\n")
        return [event + b"\n\n" for event in events]


class _LateAnswer:
    def __init__(self, action: Late, connection: Connection, clock: Clock, send: Send) -> None:
        self._action = action
        self._connection = connection
        self._clock = clock
        self._send = send
        self._events: _Events | None = None
        self._pause = action.before_first_event

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._events = _Events() if _is_stream(message) else None
            await self._wait(self._action.before_headers)
        elif self._events is not None:
            for event in self._events.feed(message.get("body", b"")):
                await self._wait(self._pause)
                self._pause = self._action.between_events
                await self._send({"type": "http.response.body", "body": event, "more_body": True})
            message = {**message, "body": b""}
        await self._send(message)

    async def _wait(self, seconds: float) -> None:
        if seconds > 0:
            await self._connection.wait(self._clock.sleep(seconds))


class _CutAnswer:
    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message = {}
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if message.get("more_body", False):
            return
        headers = MutableHeaders(scope=self._start)
        if headers.get("content-type", "").startswith("application/json"):
            self._body = self._body[: len(self._body) // 2]
            headers["content-length"] = str(len(self._body))
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": self._body})


class _BrokenAnswer:
    def __init__(
        self, action: Broken, operation: Operation, request: _Request, connection: Connection, send: Send
    ) -> None:
        self._action = action
        self._operation = operation
        self._request = request
        self._connection = connection
        self._send = send
        self._is_over = False
        self._is_spared = False
        self._events = _Events()
        self._delivered = 0

    async def send(self, message: Message) -> None:
        if self._is_over:
            return
        if self._is_spared:
            await self._send(message)
        elif message["type"] == "http.response.start":
            await self._start(message)
        elif self._action.breaks_stream:
            await self._send_events(message, self._events.feed(message.get("body", b"")))
        else:
            await self._send_bytes(message)

    async def strike(self) -> None:
        self._is_over = True
        how = self._action.how
        if how == "end":
            await self._send({"type": "http.response.body", "body": b""})
        elif how == "error":
            await self._send({"type": "http.response.body", "body": self._error()})
        elif how == "stall":
            await self._connection.until_lost()
        else:
            await self._request.read_rest()
            await (self._connection.reset() if how == "rst" else self._connection.close())

    async def _start(self, message: Message) -> None:
        if not self._action.breaks_stream and self._action.after_bytes is None:
            await self.strike()
            return
        await self._send(message)
        self._is_spared = self._action.breaks_stream and not _is_stream(message)
        if not self._is_spared and 0 in (self._action.after_events, self._action.after_bytes):
            await self.strike()

    async def _send_bytes(self, message: Message) -> None:
        limit = self._action.after_bytes or 0
        body = message.get("body", b"")[: limit - self._delivered]
        await self._send({"type": "http.response.body", "body": body, "more_body": True})
        self._delivered += len(body)
        if self._delivered == limit or not message.get("more_body", False):
            await self.strike()

    async def _send_events(self, message: Message, events: list[bytes]) -> None:
        for event in events:
            is_last = self._action.at_event is not None and self._action.at_event == _stage(event)
            if event.startswith(_CLOSING):
                await self.strike()
                return
            await self._send({"type": "http.response.body", "body": event, "more_body": True})
            self._delivered += 1
            if is_last or self._delivered == self._action.after_events:
                await self.strike()
                return
        if not message.get("more_body", False):
            await self.strike()

    def _error(self) -> bytes:
        error = dict(self._action.error or {})
        if self._operation.id == DEPLOY:
            return b"event: error\ndata: " + _json({"message": error.get("message", "")}) + b"\n\n"
        return b"data: " + _json({"error": error}) + b"\n\ndata: [DONE]\n\n"


def _is_stream(start: Message) -> bool:
    return Headers(raw=start["headers"]).get("content-type", "").startswith("text/event-stream")


def _stage(event: bytes) -> Any:
    """What a deploy has come to with this event."""
    _, _, data = event.partition(b"\ndata: ")
    try:
        return json.loads(data)["stage"]
    except (ValueError, KeyError, TypeError):
        return None


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
