"""Work that goes on when its request has been answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Background:
    """At most one task for each name, all on the event loop that the requests are answered on."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._is_over = False

    def start(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> asyncio.Task[None]:
        """The task of this name, which begins with `work` where there is none."""
        if name not in self._tasks:
            task = asyncio.get_running_loop().create_task(work())
            self._tasks[name] = task
            task.add_done_callback(lambda _: self._tasks.pop(name, None))
            if self._is_over:
                task.cancel()
        return self._tasks[name]

    async def cancel(self, name: str) -> None:
        """Breaks the task of this name off, if there is one, and waits until it has ended."""
        task = self._tasks.get(name)
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def cancel_all(self) -> None:
        for name in list(self._tasks):
            await self.cancel(name)

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self._tasks)

    def stop(self) -> None:
        """Breaks all of them off, and whatever is still started."""
        self._is_over = True
        for task in self._tasks.values():
            task.cancel()
