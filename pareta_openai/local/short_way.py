"""The short way to the one route that is asked thousands of times a second."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, get_type_hints

from fastapi import FastAPI, Request, Response
from pydantic import TypeAdapter
from starlette.types import Message, Receive, Scope, Send

from .errors import Refusal
from .headers import header
from .routes.dependencies import meter_of

_LONGEST = 1 << 20


class ShortWay:
    """POSTs of JSON to `path` go straight to `endpoint`, which takes `body`, `request` and `meter`.

    FastAPI's own way there takes longer than the call. Whatever is not plainly well-formed, or is long, goes that way
    all the same, and is refused in its words; `refuse` and `fail` answer for what `endpoint` raises.
    """

    def __init__(
        self,
        app: FastAPI,
        path: str,
        endpoint: Callable[..., Awaitable[Response]],
        *,
        refuse: Callable[[Request, Exception], Awaitable[Response]],
        fail: Callable[[Request, Exception], Awaitable[Response]],
    ) -> None:
        self._app = app
        self._path = path
        self._endpoint = endpoint
        self._refuse = refuse
        self._fail = fail
        self._read: Callable[[bytes], Any] = TypeAdapter(get_type_hints(endpoint)["body"]).validate_json

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != self._path or scope["method"] != "POST" or not _is_short_json(scope):
            await self._app(scope, receive, send)
            return
        messages = [await receive()]
        while messages[-1].get("more_body", False):
            messages.append(await receive())
        try:
            body = self._read(b"".join(message.get("body", b"") for message in messages))
        except ValueError:
            await self._app(scope, _again(messages, receive), send)
            return
        # What FastAPI does for its own routes.
        scope["app"] = self._app
        request = Request(scope, receive)
        try:
            response = await self._endpoint(body=body, request=request, meter=await meter_of(request))
        except Refusal as refusal:
            response = await self._refuse(request, refusal)
        except Exception as error:
            await (await self._fail(request, error))(scope, receive, send)
            raise
        await response(scope, receive, send)


def _is_short_json(scope: Scope) -> bool:
    length = header(scope, b"content-length") or ""
    return header(scope, b"content-type") == "application/json" and length.isdigit() and int(length) <= _LONGEST


def _again(messages: list[Message], receive: Receive) -> Receive:
    async def receive_again() -> Message:
        return messages.pop(0) if messages else await receive()

    return receive_again
