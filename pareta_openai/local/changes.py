"""Tells waiting tasks that something has changed, from any thread and to any event loop: nobody has to poll."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any


class Changes:
    """What can change announces it; whoever waits watches."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watching: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    def announce(self) -> None:
        with self._lock:
            watching = list(self._watching)
        for loop, event in watching:
            # Who was told already and has not looked yet will find this too. A loop that was closed meanwhile has
            # nobody left to tell.
            if not event.is_set():
                with suppress(RuntimeError):
                    loop.call_soon_threadsafe(event.set)

    @contextmanager
    def watch(self) -> Iterator[asyncio.Event]:
        """An event of the running loop, which every change from now on sets."""
        watcher = asyncio.get_running_loop(), asyncio.Event()
        with self._lock:
            self._watching.add(watcher)
        try:
            yield watcher[1]
        finally:
            with self._lock:
                self._watching.discard(watcher)


async def first(*waits: Coroutine[Any, Any, Any]) -> None:
    """Waits for the one of them that is over first, and breaks the others off."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
