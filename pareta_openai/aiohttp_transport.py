"""aiohttp below an async client, in the place of openai's own transport: half the CPU for many streams at once."""

from __future__ import annotations

import asyncio
import weakref
from contextlib import suppress
from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import _openai, transports
from .errors import ParetaError
from .quick_requests import QuickRequests

if TYPE_CHECKING:
    from .transports import Request, Response


def http_client() -> Any:
    """An HTTP client for an async client of openai's, with openai's limits, timeouts and redirects.

    Proxies and trusted authorities come from where openai's own transport takes them. Raises `ParetaError` where the
    packages that it needs are not there.
    """
    base = _openai.aiohttp_client_class()
    if base is None:
        raise ParetaError(
            "transport='aiohttp' needs aiohttp, and httpx-aiohttp with openai 1 and 2: "
            "pip install 'pareta-openai[fast]'"
        )
    return _client_class(base)()


def require_asyncio() -> None:
    """Raises `ParetaError` under trio."""
    if _running_loop() is None:
        raise ParetaError("transport='aiohttp' runs on asyncio alone: leave it out with trio.")


@cache
def _client_class(base: Any) -> Any:
    class AiohttpClient(QuickRequests, base):  # type: ignore[misc]
        def __init__(self) -> None:
            self._sessions = _Sessions()
            # Before the collector comes to aiohttp's own objects, which complain.
            weakref.finalize(self, self._sessions.leave)
            super().__init__()

        def _init_transport(self, *args: Any, **kwargs: Any) -> Any:
            return self._sessions.take_over(super()._init_transport(*args, **kwargs))

        def _init_proxy_transport(self, *args: Any, **kwargs: Any) -> Any:
            return self._sessions.take_over(super()._init_proxy_transport(*args, **kwargs))

        async def send(self, request: Request, **kwargs: Any) -> Response:
            self._sessions.enter_loop(asyncio.get_running_loop())
            try:
                response: Response = await super().send(request, **kwargs)
            except transports.transport_timeouts() as error:
                # Its transport calls it one, too, where the server hangs up.
                if isinstance(error.__cause__, (asyncio.TimeoutError, TimeoutError)):
                    raise
                raise transports.broken_connection(error, request) from error.__cause__
            return response

    return AiohttpClient


class _Sessions:
    """aiohttp's sessions below one client. They work in the event loop that opened them."""

    def __init__(self) -> None:
        self._transports: list[Any] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    def take_over(self, transport: Any) -> Any:
        transport.client = partial(_open_session, transport)
        self._transports.append(transport)
        return transport

    def enter_loop(self, loop: asyncio.AbstractEventLoop) -> None:
        if loop is not self._loop:
            self.leave()
            self._loop = loop

    def leave(self) -> None:
        """Close what belongs to another event loop, or to nobody any more, without waiting for it."""
        for transport in self._transports:
            session = transport.client
            if callable(session) or session.closed:
                continue
            transport.client = partial(_open_session, transport)
            if self._loop is None or self._loop.is_closed() or self._loop is _running_loop():
                _begin_to_close(session)
            else:
                with suppress(RuntimeError):  # it was closed just now
                    self._loop.call_soon_threadsafe(_begin_to_close, session)


def _open_session(transport: Any) -> Any:
    aiohttp = import_module("aiohttp")
    limits = transport.limits
    connector = aiohttp.TCPConnector(
        limit=limits.max_connections or 0,  # aiohttp's for none; left out it is 100
        keepalive_timeout=limits.keepalive_expiry,
        ssl=transport.ssl_context,
    )
    # Cookies are kept above it, by the client.
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


def _begin_to_close(session: Any) -> None:
    """Up to where it would wait for the other side. A task for it would be cancelled by a loop that ends."""
    closing = session.close()
    with suppress(StopIteration):
        closing.send(None)
    closing.close()


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
