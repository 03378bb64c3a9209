"""How the reading of a streamed answer ends."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import anyio

from .. import _openai

if TYPE_CHECKING:
    from .._openai import Response

_PATIENCE = 0.1
"""Seconds to wait for the end of a body that has nothing more to say, as openai 3.54 does."""

_patience: ContextVar[float | None] = ContextVar("_patience", default=None)
"""The same, where such an end is being waited for."""


def read_rest(response: Response, body: Iterator[bytes]) -> None:
    """Go to the end of a body that has nothing more to say: only then is its connection used again."""
    if not _can_be_hurried(response):
        return
    until = time.monotonic() + _PATIENCE
    token = _patience.set(_PATIENCE)
    try:
        with suppress(*_openai.body_errors()):
            while time.monotonic() < until and next(body, None) is not None:
                pass
    finally:
        _patience.reset(token)


async def async_read_rest(response: Response, body: AsyncIterator[bytes]) -> None:
    """See `read_rest`."""
    if response.http_version != "HTTP/1.1":
        return
    with suppress(*_openai.body_errors()), anyio.move_on_after(_PATIENCE):
        async for _ in body:
            pass


def _can_be_hurried(response: Response) -> bool:
    """Have reads of the connection under `response` mind `_patience`, and say whether they do.

    The transport asks for a request's timeouts once, when it begins with the body, so that they cannot be changed.
    HTTP/2 has many bodies on a connection, and keeps it when one of them is closed.
    """
    connection: Any = response.extensions.get("network_stream")
    read = getattr(connection, "read", None)
    if response.http_version != "HTTP/1.1" or read is None:
        return False
    if getattr(read, "minds_patience", False):
        return True

    def hurried(size: int, timeout: float | None = None) -> bytes:
        patience = _patience.get()
        data: bytes = read(size, timeout=timeout if patience is None else patience)
        return data

    hurried.minds_patience = True  # type: ignore[attr-defined]  # pyright: ignore[reportFunctionMemberAccess]
    try:
        # For good: when the body has ended, another thread may be using the connection already.
        connection.read = hurried
    except AttributeError:
        return False
    return True
