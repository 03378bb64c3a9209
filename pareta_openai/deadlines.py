"""When a call that is under way is to be over."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_deadline: ContextVar[float | None] = ContextVar("_deadline", default=None)
"""When the call that is under way is to be over, by the monotonic clock."""


@contextmanager
def within(seconds: float | None) -> Iterator[None]:
    token = _deadline.set(None if seconds is None else time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def time_left() -> float:
    deadline = _deadline.get()
    return math.inf if deadline is None else deadline - time.monotonic()


def shorten(seconds: float) -> None:
    """Counts a pause that took no time."""
    deadline = _deadline.get()
    if deadline is not None:
        _deadline.set(deadline - seconds)
