"""What every request passes before it reaches a route."""

from __future__ import annotations

import ipaddress
import uuid
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class RequestId:
    """Gives each request an id and each response, whatever it is, the ``x-request-id`` header."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        await self._app(scope, receive, send_with_id)


class LoopbackHost:
    """Refuses requests that were not addressed to this machine by a loopback name.

    A web page can make a browser send requests to a name of its own that resolves to 127.0.0.1.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = Headers(scope=scope).get("host", "")
        app: ASGIApp = self._app
        if not _is_loopback(host):
            app = JSONResponse({"detail": "The local platform answers on loopback only."}, status_code=403)
        await app(scope, receive, send)


class BodyLimit:
    """Refuses request bodies of more than `limit` bytes, whether they say their length or not.

    `limits` has the paths with a limit of their own.
    """

    def __init__(self, app: ASGIApp, limit: int, limits: Mapping[str, int]) -> None:
        self._app = app
        self._limit = limit
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = self._limits.get(scope["path"], self._limit)
        detail = f"The request's body is larger than {limit >> 20} MiB."
        length = Headers(scope=scope).get("content-length", "")
        if length.isdigit() and int(length) > limit:
            await JSONResponse({"detail": detail}, status_code=413)(scope, receive, send)
            return
        received = 0

        async def receive_within_limit() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise HTTPException(413, detail)
            return message

        await self._app(scope, receive_within_limit, send)


def _is_loopback(host: str) -> bool:
    """Whether a Host header's name, with or without a port, can only mean this machine."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    if name.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False
