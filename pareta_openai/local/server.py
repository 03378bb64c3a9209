"""An ASGI application on a socket, served from a thread."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, cast

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from .connection import Connection
from .gathered_writes import GatheredWrites

# Longer than clients keep idle connections, so that they never send into one that closes.
_KEEP_ALIVE_SECONDS = 600
_UNWIND_SECONDS = 1.0
# Connections that wait to be accepted. Said to asyncio too, which else makes 100 of it, and the rest is reset.
_BACKLOG = 2048


class Server:
    """Listens from the beginning, and answers from `start` to `stop`.

    `host` is an IP address, and `name` what its URL calls that: ``localhost`` may also mean ``::1``, and is listened
    on there too. Raises `OSError` where the port cannot be had; 0 takes a free one. uvicorn's own server is not used:
    it polls, and stops in 160 ms.
    """

    def __init__(self, host: str, port: int, *, name: str) -> None:
        self._sockets = [_bind(socket.AF_INET6 if ":" in host else socket.AF_INET, host, port, listens=True)]
        self._name = f"[{name}]" if ":" in name else name
        if name == "localhost":
            # Not every machine has it; where it is taken, clients come to the other address.
            with suppress(OSError):
                self._sockets.append(_bind(socket.AF_INET6, "::1", self.port, listens=True))
        self._answering = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pareta-local", daemon=True)

    @property
    def url(self) -> str:
        return f"http://{self._name}:{self.port}"

    @property
    def port(self) -> int:
        return int(self._sockets[0].getsockname()[1])

    def start(self, app: ASGIApp, *, on_stop: Callable[[], Awaitable[None]] | None = None) -> None:
        """`on_stop` is awaited on the event loop, when the last request is over."""
        self._on_stop = on_stop
        self._config = Config(
            _ended_quietly(app),
            http="h11",
            loop="asyncio",
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            proxy_headers=False,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        )
        self._config.load()
        self._thread.start()
        self._answering.wait()

    def call_soon(self, callback: Callable[[], object]) -> None:
        """Calls it on the event loop that the requests are answered on."""
        self._loop.call_soon_threadsafe(callback)

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """The same for a coroutine, and waits until it has ended."""
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def refuse(self) -> None:
        """On the event loop: ends every connection, and has the port refuse others until `accept`."""
        addresses = [(listener.family, *listener.getsockname()[:2]) for listener in self._sockets]
        await self._close()
        # Bound and not listening: nobody else gets the port, and who connects is refused.
        self._sockets = [_bind(*address, listens=False) for address in addresses]
        for connection in self._state.connections:
            connection.transport.abort()

    async def accept(self) -> None:
        for listener in self._sockets:
            listener.listen(_BACKLOG)
        await self._open()

    def stop(self) -> None:
        """Ends open streams too. Returns when the thread has ended."""
        if not self._answering.is_set():
            for listener in self._sockets:
                listener.close()
            return
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        self._state = ServerState()
        await self._open()
        self._answering.set()
        await self._stopping.wait()
        await self._close()
        await _unwind(self._state)
        if self._on_stop is not None:
            await self._on_stop()
        # An outage that was cut short may have opened it again.
        for server in self._servers:
            server.close()
        for listener in self._sockets:
            listener.close()

    async def _open(self) -> None:
        self._servers = [
            await self._loop.create_server(
                lambda: _Protocol(config=self._config, server_state=self._state, app_state={}),
                sock=listener,
                backlog=_BACKLOG,
            )
            for listener in self._sockets
        ]

    async def _close(self) -> None:
        # A server that is closed while it accepts a connection loses that connection's socket. Windows' event
        # loop does not accept through readers.
        with suppress(NotImplementedError):
            for listener in self._sockets:
                self._loop.remove_reader(listener)
        await asyncio.sleep(0)
        for server in self._servers:
            server.close()


def _ended_quietly(app: ASGIApp) -> ASGIApp:
    """uvicorn logs a traceback for a request that is cancelled because the server stops."""

    async def ended_quietly(scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(asyncio.CancelledError):
            await app(scope, receive, send)

    return ended_quietly


class _Protocol(H11Protocol):
    """Puts the connection into the `state` of every scope."""

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        # uvicorn's switch for this changes the logging of the whole process.
        self.access_log = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        gathered = cast(asyncio.Transport, GatheredWrites(transport))
        super().connection_made(gathered)
        self.app_state["connection"] = Connection(gathered)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.app_state["connection"].lost()


async def _unwind(state: ServerState) -> None:
    """Ends every connection, also those that are being accepted right now, and waits for their requests."""
    until = time.monotonic() + _UNWIND_SECONDS
    while time.monotonic() < until:
        for connection in state.connections:
            # Not close(): a client that has stopped reading would hold it open.
            connection.transport.abort()
        # Twice: what is aborted hears of it in the next turn of the loop, and is closed by then.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if not others and not state.connections:
            return
        if others:
            await asyncio.wait(others, timeout=0.01, return_when=asyncio.FIRST_COMPLETED)


def _bind(family: socket.AddressFamily, host: str, port: int, *, listens: bool) -> socket.socket:
    # asyncio sets TCP_NODELAY only where the protocol is named; without it an answer takes 44 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        if listens:
            listener.listen(_BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener
