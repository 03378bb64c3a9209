"""Writes each request that comes by, and its answer, into the request log."""

from __future__ import annotations

import re
import time

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .headers import header
from .request_log import RequestLog

# What the platform's own pages ask for.
_OWN = re.compile(r"/|/(?:_local|docs|dashboard)(?:/.*)?|/openapi\.json|/favicon\.ico")


class LogRequests:
    """Stands outside of whatever may answer a request. Only `RequestId` comes before it."""

    def __init__(self, app: ASGIApp, log: RequestLog) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _OWN.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        request = self._log.open(
            scope["state"]["request_id"],
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"].decode("latin-1"),
            content_type=header(scope, b"content-type") or "",
            idempotency_key=header(scope, b"idempotency-key"),
        )
        is_ended = False

        async def receive_and_keep() -> Message:
            message = await receive()
            request.request.add(message.get("body", b""))
            return message

        async def send_and_keep(message: Message) -> None:
            nonlocal is_ended
            if message["type"] == "http.response.start":
                headers = Headers(raw=message["headers"])
                request.first_byte_milliseconds = (time.perf_counter() - began) * 1000
                request.status = message["status"]
                request.retry_after = headers.get("retry-after")
                request.response.content_type = headers.get("content-type", "")
                request.organisation = scope["state"].get("organisation")
                request.fault = scope["state"].get("fault")
                if request.response.is_stream:
                    self._log.changed(request)
                await send(message)
                return
            request.response.add(message.get("body", b""))
            await send(message)
            is_ended = not message.get("more_body", False)

        try:
            await self._app(scope, receive_and_keep, send_and_keep)
        finally:
            request.total_milliseconds = (time.perf_counter() - began) * 1000
            request.state = "answered" if is_ended else "cut"
            request.organisation = scope["state"].get("organisation")
            request.fault = scope["state"].get("fault")
            request.request.compact()
            request.response.compact()
            self._log.changed(request)
