"""What every request passes before it reaches a route."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from email.utils import formatdate
from functools import lru_cache

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .access import Access
from .headers import header

_REQUEST_ID = b"x-request-id"
_DATE = b"date"


@lru_cache(maxsize=1)
def _date(at: int) -> bytes:
    return formatdate(at, usegmt=True).encode()


class Envelope:
    """Gives each request an id and each response, whatever it is, its ``x-request-id`` and `Date` headers."""

    def __init__(self, app: ASGIApp, now: Callable[[], float]) -> None:
        self._app = app
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = secrets.token_hex(16)
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [(name, value) for name, value in message["headers"] if name != _REQUEST_ID]
                headers.append((_REQUEST_ID, request_id.encode()))
                if not any(name == _DATE for name, _ in headers):
                    headers.append((_DATE, _date(int(self._now()))))
                message["headers"] = headers
            await send(message)

        await self._app(scope, receive, send_with_id)


class KnownHost:
    """Refuses requests that were not addressed to this platform by a name that it knows."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app: ASGIApp = self._app
        if not self._access.knows(header(scope, b"host") or ""):
            answers_on = "on loopback only" if self._access.is_loopback else "by its address only"
            app = JSONResponse({"detail": f"The local platform answers {answers_on}, or allow its host."}, 403)
        await app(scope, receive, send)


class SameOrigin:
    """Refuses what a web page of another origin makes a browser send: the platform asks its owner for no key."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Every browser says the first with what can change anything, and the second also with what only reads. The
        # dashboard itself may be linked to from anywhere.
        origin = header(scope, b"origin")
        is_own = origin is None or origin.lower() == f"http://{header(scope, b'host') or ''}".lower()
        is_admins = scope["path"].startswith("/_local/")
        app: ASGIApp = self._app
        if not is_own or (is_admins and header(scope, b"sec-fetch-site") not in ("same-origin", "none", None)):
            detail = "The local platform takes no requests from web pages of other origins."
            app = JSONResponse({"detail": detail}, 403)
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
        length = header(scope, b"content-length") or ""
        if length.isdigit() and int(length) > limit:
            await JSONResponse({"detail": _too_large(limit)}, status_code=413)(scope, receive, send)
            return
        received = 0

        async def receive_within_limit() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise HTTPException(413, _too_large(limit))
            return message

        await self._app(scope, receive_within_limit, send)


def _too_large(limit: int) -> str:
    return f"The request's body is larger than {limit >> 20} MiB."
