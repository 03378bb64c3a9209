"""HTTP to a server that is spoken to without TLS and without a proxy, as most model servers on a machine are."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import anyio
import h11
import httpx

# As httpx has them.
_KEEP_SECONDS = 5.0
_LONGEST_HEAD = 100 << 10
_PIECE = 64 << 10


class PlainTransport(httpx.AsyncBaseTransport):
    """One of httpx's transports, for requests to one server, with a third of the work that httpx's own makes of it.

    A request leaves in one piece. Connections are as many as there are calls at a time, and kept for a while.
    """

    def __init__(self) -> None:
        self._idle: list[_Connection] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        connection = self._idle_one() or await _connect(request)
        try:
            head = await connection.ask(request)
        except BaseException:
            connection.close()
            raise
        return httpx.Response(head.status_code, headers=list(head.headers), stream=_Body(connection, self._idle.append))

    async def aclose(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _idle_one(self) -> _Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.is_fresh:
                return connection
            connection.close()
        return None


class _Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
        self._used_at = time.monotonic()

    async def ask(self, request: httpx.Request) -> h11.Response:
        with _httpx_errors():
            head = h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw)
            events = (head, h11.Data(data=request.content), h11.EndOfMessage())
            self._writer.write(b"".join(self._http.send(event) or b"" for event in events))
        while not isinstance(answer := await self.next_event(), h11.Response):
            pass
        return answer

    async def next_event(self) -> Any:
        with _httpx_errors():
            while (event := self._http.next_event()) is h11.NEED_DATA:
                self._http.receive_data(await self._reader.read(_PIECE))
        return event

    def start_next(self) -> bool:
        """Whether it can be used again."""
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        self._used_at = time.monotonic()
        return True

    @property
    def is_fresh(self) -> bool:
        is_open = not self._reader.at_eof() and self._reader.exception() is None
        return is_open and time.monotonic() - self._used_at < _KEEP_SECONDS

    def close(self) -> None:
        self._writer.close()


class _Body(httpx.AsyncByteStream):
    def __init__(self, connection: _Connection, keep: Callable[[_Connection], None]) -> None:
        self._connection = connection
        self._keep = keep
        self._is_closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while isinstance(event := await self._connection.next_event(), h11.Data):
            yield bytes(event.data)

    async def aclose(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        if self._connection.start_next():
            self._keep(self._connection)
        else:
            self._connection.close()


async def _connect(request: httpx.Request) -> _Connection:
    url = request.url
    seconds = request.extensions["timeout"]["connect"]
    try:
        # Not asyncio.wait_for, which before Python 3.12 may swallow that its task was cancelled.
        with anyio.fail_after(seconds):
            opened = await asyncio.open_connection(url.host, url.port or 80)
    except TimeoutError:
        raise httpx.ConnectTimeout(f"nobody answered for {seconds:g} s") from None
    except OSError as error:
        raise httpx.ConnectError(str(error)) from error
    return _Connection(*opened)


@contextmanager
def _httpx_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise httpx.ReadError(str(error)) from error
    except h11.RemoteProtocolError as error:
        raise httpx.RemoteProtocolError(str(error)) from error
    except h11.LocalProtocolError as error:
        raise httpx.LocalProtocolError(str(error)) from error
