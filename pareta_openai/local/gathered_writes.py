"""A transport that gathers what is written in one turn of the event loop, and sends it at once.

uvicorn writes the head of an answer and its body one after the other, and asyncio sends each of them at once: two
packets, which wake the client twice.
"""

from __future__ import annotations

import asyncio
from typing import Any


class GatheredWrites:
    """Has all else from `transport`."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._gathered: list[bytes] = []

    def write(self, data: bytes) -> None:
        if not self._gathered:
            self._loop.call_soon(self._send)
        self._gathered.append(data)

    def close(self) -> None:
        self._send()
        self._transport.close()

    def get_write_buffer_size(self) -> int:
        return self._transport.get_write_buffer_size() + sum(map(len, self._gathered))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def _send(self) -> None:
        data = b"".join(self._gathered)
        self._gathered.clear()
        if data and not self._transport.is_closing():
            self._transport.write(data)
