"""What becomes of an answer on its way to a client that meets a fault: `send` takes what the application sends."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Send

from .clock import Clock
from .connection import Connection
from .fault import Broken, Late
from .operations import DEPLOY, Operation

_CLOSING = (b"data: [DONE]", b"event: complete", b"event: error")
_TIMES = ("created", "created_at")


class _Events:
    """Cuts the body of a stream into its events."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, body: bytes) -> list[bytes]:
        *events, self._rest = (self._rest + body).split(b"\n\n")
        return [event + b"\n\n" for event in events]


class LateAnswer:
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


class RewrittenAnswer:
    """A plain answer, of which `rewrite` gets the JSON when it is whole."""

    def __init__(self, rewrite: Callable[[bytes], bytes], send: Send) -> None:
        self._rewrite = rewrite
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
            self._body = self._rewrite(self._body)
            headers["content-length"] = str(len(self._body))
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": self._body})


def half(body: bytes) -> bytes:
    return body[: len(body) // 2]


class SkewedAnswer:
    """By a clock that is `seconds` ahead."""

    def __init__(self, seconds: float, clock: Clock, send: Send) -> None:
        self._seconds = seconds
        self._clock = clock
        self._send = send
        self._plain = RewrittenAnswer(self._skewed, send)
        self._events: _Events | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            skew_dates(MutableHeaders(scope=message), self._clock.now() + self._seconds)
            self._events = _Events() if _is_stream(message) else None
        if self._events is None:
            await self._plain.send(message)
        elif message["type"] == "http.response.start":
            await self._send(message)
        else:
            events = self._events.feed(message.get("body", b""))
            await self._send({**message, "body": b"".join(map(self._skewed_event, events))})

    def _skewed_event(self, event: bytes) -> bytes:
        name, data, said = event.rpartition(b"data: ")
        return event if said.startswith(b"[DONE]") else name + data + self._skewed(said) + b"\n\n"

    def _skewed(self, body: bytes) -> bytes:
        value = json.loads(body)
        nested = value.get("data", ()) if isinstance(value, dict) else value
        for found in (value, *(nested if isinstance(nested, list) else ())):
            for name in _TIMES:
                if isinstance(found, dict) and isinstance(found.get(name), int):
                    found[name] += int(self._seconds)
        return _json(value)


def skew_dates(headers: MutableHeaders, now: float) -> None:
    """Says the `Date`, and as one the time that a `Retry-After` in seconds means, by a clock that shows `now`."""
    headers["date"] = formatdate(now, usegmt=True)
    seconds = headers.get("retry-after", "")
    if seconds.replace(".", "", 1).isdecimal():
        headers["retry-after"] = formatdate(now + float(seconds), usegmt=True)


class BrokenAnswer:
    def __init__(
        self,
        action: Broken,
        operation: Operation,
        read_request: Callable[[], Awaitable[None]],
        connection: Connection,
        send: Send,
    ) -> None:
        self._action = action
        self._operation = operation
        self._read_request = read_request
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
            await self._read_request()
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


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
