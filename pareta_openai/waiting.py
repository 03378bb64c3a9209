"""Waiting for what takes the platform minutes: how often to ask, when to give up, and what is said then."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from .errors import WaitTimeoutError

_log = logging.getLogger("pareta_openai")

_clocks: dict[str, Callable[[float], None]] = {}
"""By host and port, what moves a platform's clock on. Empty outside of users' tests."""


@contextmanager
def moving_clock(base_url: object, advance: Callable[[float], None]) -> Iterator[None]:
    """Within this, every pause of a client of `base_url` calls `advance` with its seconds, and takes none."""
    before = _clocks.copy()
    _clocks[_host(base_url)] = advance
    try:
        yield
    finally:
        _clocks.clear()
        _clocks.update(before)


def seconds_to_sleep(base_url: object, pause: float) -> float:
    """How many seconds of a pause a client of `base_url` is to sleep: all of them, or none where a clock is moved."""
    advance = _clocks.get(_host(base_url)) if _clocks else None
    if advance is None:
        return pause
    advance(pause)
    return 0.0


def _host(base_url: object) -> str:
    return urlsplit(str(base_url)).netloc


@dataclass
class Wait:
    """One wait for one thing, of which `resume` is the call that goes on waiting for it."""

    what: str
    """E.g. ``Eval run run_7``."""
    id: str
    resume: str
    timeout: float
    """In seconds."""
    poll_interval: float
    """In seconds. Each pause is between 0.8 and 1.2 of it, so that many waiters do not ask in step."""
    _began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        if not self.timeout >= 0:
            raise ValueError(f"timeout is {self.timeout!r}: give the seconds to wait at most.")
        if not self.poll_interval > 0:
            raise ValueError(f"poll_interval is {self.poll_interval!r}: give the seconds between two looks.")

    def pause(self, status: str | None, base_url: object) -> float:
        """How many seconds a client of `base_url` is to sleep before the next look.

        Raises `WaitTimeoutError` where there is none.
        """
        waited = time.monotonic() - self._began
        if waited >= self.timeout:
            raise WaitTimeoutError(
                f"{self.what} was still {status or 'under way'} after {self.timeout:g} s. "
                f"It goes on without you, and nothing is lost: {self.resume} waits for it again.",
                id=self.id,
                status=status,
                waited=waited,
            )
        pause = min(self.poll_interval * random.uniform(0.8, 1.2), max(0.0, self.timeout - waited))
        seconds = seconds_to_sleep(base_url, pause)
        # A pause that took no time was one all the same.
        self._began -= pause - seconds
        return seconds

    @contextmanager
    def noting_interruption(self) -> Iterator[None]:
        """Says on the log how to resume, where Ctrl-C or a cancellation ends the wait."""
        with noting_interruption(f"Stopped waiting. {self.what} goes on: {self.resume} waits for it again."):
            yield


@contextmanager
def noting_interruption(note: str) -> Iterator[None]:
    try:
        yield
    except Exception:
        raise
    except BaseException:
        # A warning reaches the terminal of a program that has set up no logging.
        _log.warning(note)
        raise
