"""The platform's clock, which can be moved: what waits by it waits no longer than one wants."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from .changes import Changes
from .errors import NotAcceptable

_FURTHEST_SECONDS = 100 * 366 * 86_400


class Clock:
    """Goes as fast as the machine's, ahead of it by what it was moved.

    `ahead` is by how many seconds it is ahead from the beginning; `on_move` is told of each change of that.
    """

    def __init__(self, *, ahead: float = 0.0, on_move: Callable[[float], None] = lambda _: None) -> None:
        self._ahead = ahead
        self._on_move = on_move
        self._lock = threading.Lock()
        self._moves = Changes()

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self._ahead

    @property
    def ahead(self) -> float:
        """By how many seconds it was moved in all."""
        return self._ahead

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Moves it forward, and wakes whoever was waiting for a time that has come with it.

        Raises `NotAcceptable` for a way back, and for one of more than a century.
        """
        by = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
        if not (math.isfinite(by) and by >= 0):
            raise NotAcceptable(f"The clock goes forward only: {by:g} seconds is no way for it.")
        with self._lock:
            ahead = self._ahead + by
            if ahead > _FURTHEST_SECONDS:
                raise NotAcceptable("The clock can be moved a century ahead, and not further.")
            self._set(ahead)
        self._moves.announce()

    def reset(self) -> None:
        """Back to the machine's time. Who is waiting by it goes on waiting, until then or longer."""
        with self._lock:
            self._set(0.0)
        self._moves.announce()

    def sleep(self, seconds: float) -> Coroutine[Any, Any, None]:
        """Until it is so much later than now, which is at once where the clock is moved there."""
        return self.sleep_until(self.now() + seconds)

    async def sleep_until(self, at: float) -> None:
        """`at` is in seconds since the epoch."""
        with self._moves.watch() as moved:
            while (left := at - self.now()) > 0:
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(moved.wait(), left)
                # Before the next look at the time: a move after it sets it again.
                moved.clear()

    def _set(self, ahead: float) -> None:
        self._on_move(ahead)
        self._ahead = ahead
