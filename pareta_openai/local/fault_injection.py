"""Carries out the faults that requests meet."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from typing import cast

from fastapi.security.utils import get_authorization_scheme_param
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import faults
from .blobs import Ticket
from .clock import Clock
from .connection import Connection
from .errors import NotAcceptable, Refusal
from .fault import Broken, Cut, Fault, Instead, Late, Skewed, Slow
from .faulty_answers import BrokenAnswer, LateAnswer, RewrittenAnswer, SkewedAnswer, half, skew_dates
from .headers import header
from .operations import UPLOAD, Operation, find_operation, require_operation
from .state import State

Caller = tuple[str, Operation]
"""The organisation that a request comes from, and what it asks for."""

_HEADER = faults.HEADER.lower().encode()
_BODILESS = (204, 304)


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
        if said is None:
            armed = self._state.faults
            # Those of the body come first: to know whether it asks for a stream it has to be read.
            return armed.take_of_body(organisation_id, operation) or armed.take(
                organisation_id, operation, streams=await _wants_stream(operation, request)
            )
        fault = faults.read_header(said)
        fault.require_fit(operation)
        if not fault.is_of_body:
            streams = await _wants_stream(operation, request)
            if not fault.fits(operation, streams=streams):
                asked_for = f"asks for {'a' if streams else 'no'} stream"
                raise NotAcceptable(f"{fault} does not fit this request, which {asked_for}.")
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
        response = Response(b"" if action.status in _BODILESS else action.body, action.status, action.headers)
        if action.skew is not None:
            skew_dates(response.headers, clock.now() + action.skew)
        await response(scope, request.receive, send)
        return
    if isinstance(action, Broken):
        answer = BrokenAnswer(action, operation, request.read_rest, connection, send)
        if not action.carried_out:
            await answer.strike()
            return
        send = answer.send
    elif isinstance(action, Late):
        send = LateAnswer(action, connection, clock, send).send
    elif isinstance(action, Cut):
        send = RewrittenAnswer(half, send).send
    elif isinstance(action, Skewed):
        send = SkewedAnswer(action.seconds, clock, send).send
    receive = request.receive
    if isinstance(action, Slow):
        receive = _SlowRequest(action, connection, clock, receive).receive
    assert app is not None
    await app(scope, receive, send)


async def _wants_stream(operation: Operation, request: _Request) -> bool:
    return operation.streams and (not operation.answers_json or await request.wants_stream())


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


class _SlowRequest:
    """Takes in the body at the fault's pace, while there is a client to take it from."""

    def __init__(self, action: Slow, connection: Connection, clock: Clock, receive: Receive) -> None:
        self._bytes_per_second = action.bytes_per_second
        self._connection = connection
        self._clock = clock
        self._receive = receive

    async def receive(self) -> Message:
        message = await self._receive()
        if size := len(message.get("body", b"")):
            with self._connection.cancels_current_task():
                await self._clock.sleep(size / self._bytes_per_second)
        return message
