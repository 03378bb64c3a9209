"""The ways to break a stream off, each in the words that a user writes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest


class _Stop(Exception):
    pass


def leave(stream: Any) -> None:
    for _ in stream:
        break


async def async_leave(stream: Any) -> None:
    async for _ in stream:
        break


def fail(stream: Any) -> None:
    with contextlib.suppress(_Stop):
        for _ in stream:
            raise _Stop


async def async_fail(stream: Any) -> None:
    with contextlib.suppress(_Stop):
        async for _ in stream:
            raise _Stop


def leave_block(stream: Any) -> None:
    with stream:
        for _ in stream:
            break


async def async_leave_block(stream: Any) -> None:
    async with stream:
        async for _ in stream:
            break


def fail_in_block(stream: Any) -> None:
    with contextlib.suppress(_Stop), stream:
        for _ in stream:
            raise _Stop


async def async_fail_in_block(stream: Any) -> None:
    with contextlib.suppress(_Stop):
        async with stream:
            async for _ in stream:
                raise _Stop


async def _read(stream: Any, has_two: anyio.Event) -> None:
    """To the end, which never comes: a stream of these tests is silent after two events."""
    count = 0
    async for _ in stream:
        count += 1
        if count == 2:
            # Whoever waits for this runs when the next event is being waited for.
            has_two.set()


async def _read_in_block(stream: Any, has_two: anyio.Event) -> None:
    async with stream:
        await _read(stream, has_two)


async def _cancel_scope(stream: Any, read: Callable[..., Awaitable[None]]) -> None:
    has_two = anyio.Event()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(read, stream, has_two)
        await has_two.wait()
        tasks.cancel_scope.cancel()


async def cancel(stream: Any) -> None:
    await _cancel_scope(stream, _read)


async def cancel_in_block(stream: Any) -> None:
    await _cancel_scope(stream, _read_in_block)


async def run_out_of_time(stream: Any) -> None:
    with anyio.move_on_after(0.02) as scope:
        await _read(stream, anyio.Event())
    assert scope.cancelled_caught


async def cancel_task(stream: Any) -> None:
    """As asyncio's own programs do it."""
    has_two = anyio.Event()
    task = asyncio.ensure_future(_read(stream, has_two))
    await has_two.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


_SYNC = {"break": leave, "exception": fail, "break in block": leave_block, "exception in block": fail_in_block}
_ASYNC = {
    "break": async_leave,
    "exception": async_fail,
    "break in block": async_leave_block,
    "exception in block": async_fail_in_block,
    "cancelled": cancel,
    "cancelled in block": cancel_in_block,
    "out of time": run_out_of_time,
}
WAYS: dict[str, dict[str, Callable[[Any], Any]]] = {
    "sync": _SYNC,
    "asyncio": {**_ASYNC, "cancelled task": cancel_task},
    "trio": _ASYNC,
}
EACH_WAY = pytest.mark.parametrize(("kind", "way"), [(kind, way) for kind, ways in WAYS.items() for way in ways])

LEAVES_IT_OPEN = ("break", "exception")
"""After these one could read on: such a stream ends when nobody holds it any more."""
