"""The connection that a request came on, for what HTTP has no words for."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from .changes import first

_POLL_SECONDS = 0.001
# A reset may overtake what the client has not read yet.
_READ_SECONDS = 0.05
# `linger`: on, for no time.
_LINGER = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


class Connection:
    """One for each connection, however many requests come on it."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._lost = asyncio.Event()
        self._cancelled_with: set[asyncio.Task[Any]] = set()

    def lost(self) -> None:
        """Said by whoever hears it from the transport."""
        self._lost.set()
        for task in self._cancelled_with:
            task.cancel()

    @contextmanager
    def cancels_current_task(self) -> Iterator[None]:
        """Within it, the task that is running ends with the connection: nobody would get what it does."""
        task = asyncio.current_task()
        assert task is not None
        self._cancelled_with.add(task)
        if self._lost.is_set():
            task.cancel()
        try:
            yield
        finally:
            self._cancelled_with.discard(task)

    @property
    def is_lost(self) -> bool:
        return self._lost.is_set()

    async def until_lost(self) -> None:
        await self._lost.wait()

    async def wait(self, wait: Coroutine[Any, Any, None]) -> None:
        """Until `wait` is over, or until the connection is lost."""
        await first(wait, self._lost.wait())

    async def close(self) -> None:
        """Sends what was written, and ends in order: with a FIN."""
        self._transport.close()
        await self._lost.wait()

    async def reset(self) -> None:
        """Sends what was written, and breaks off: with an RST."""
        connected: socket.socket = self._transport.get_extra_info("socket")
        while not self._lost.is_set() and (self._transport.get_write_buffer_size() or _unsent(connected)):
            await asyncio.sleep(_POLL_SECONDS)
        await self.wait(asyncio.sleep(_READ_SECONDS))
        if not self._lost.is_set():
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
            self._transport.abort()
        await self._lost.wait()


def _unsent(connected: socket.socket) -> int:
    """How many bytes the other side's system does not have yet, where ours can say it."""
    if sys.platform == "linux":
        import fcntl
        import termios

        return int.from_bytes(fcntl.ioctl(connected.fileno(), termios.TIOCOUTQ, bytes(4)), sys.byteorder)
    return 0
