"""What a process holds, and what it complains of: sockets, files, threads, tasks, warnings."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import re
import sys
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sized
from typing import Any

import anyio
import pytest

_SECONDS = 20
"""How long to look for what should have gone by itself; nothing takes so long where all is well."""


def descriptors() -> Counter[str]:
    """What the process has open: files, pipes and sockets, of which the local platform's are the other ends."""
    found: Counter[str] = Counter()
    try:
        names = os.listdir("/proc/self/fd")  # noqa: PTH208
    except OSError:
        pytest.skip("what is open is counted in /proc")
    for name in names:
        with contextlib.suppress(OSError):
            found[os.readlink(f"/proc/self/fd/{name}")] += 1  # noqa: PTH115
    # The listing itself, and what SQLite keeps for the local platform.
    passing = ("/proc/", "/var/tmp/etilqs_", "/tmp/etilqs_")
    return Counter({target: count for target, count in found.items() if not target.startswith(passing)})


def threads() -> set[threading.Thread]:
    """Those that run, without the idle ones that event loops keep for the next blocking call."""
    pooled = ("asyncio_", "AnyIO worker thread", "Trio thread")
    return {thread for thread in threading.enumerate() if not thread.name.startswith(pooled)}


class Held:
    """What was held when this was made, and what was not yet."""

    def __init__(self) -> None:
        self._descriptors = descriptors()
        self._threads = threads()
        self._tasks = {task.id for task in anyio.get_running_tasks()}

    def new(self) -> list[Any]:
        tasks = [task for task in anyio.get_running_tasks() if task.id not in self._tasks]
        return [*(descriptors() - self._descriptors).elements(), *(threads() - self._threads), *tasks]

    def new_files(self) -> list[str]:
        return [target for target in (descriptors() - self._descriptors) if target.startswith("/")]

    async def nothing_new(self) -> None:
        await until_empty(self.new)

    async def no_new_files(self) -> None:
        await until_empty(self.new_files)


async def until_empty(look: Callable[[], Sized]) -> None:
    """The platform's files and ends of connections, and asyncio's own, are closed a moment later than the client's."""
    until = time.monotonic() + _SECONDS
    while left := look():
        assert time.monotonic() < until, left
        await anyio.sleep(0.001)


@contextlib.contextmanager
def noise() -> Iterator[list[str]]:
    """What nobody asked for: warnings, exceptions in finalizers, and what asyncio and trio log, once it has ended."""
    heard: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(f"{record.getMessage()} {record.exc_info and record.exc_info[1]!r}")

    handler = Handler()
    loggers = [logging.getLogger(name) for name in ("asyncio", "trio.async_generator_errors")]
    hook = sys.unraisablehook
    sys.unraisablehook = lambda raised: heard.append(f"{raised.err_msg} {raised.exc_value!r} {raised.object!r}")
    propagated = [logger.propagate for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.propagate = False
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            yield heard
            for _ in range(3):
                gc.collect()
            heard += [str(warning.message) for warning in warned]
    finally:
        sys.unraisablehook = hook
        for logger, propagate in zip(loggers, propagated, strict=True):
            logger.removeHandler(handler)
            logger.propagate = propagate


# What reads a body stands between the transport's own generators, and is left with them.
_OF_THE_TRANSPORT = re.compile(r"Async generator '(httpx|httpcore|anyio|pareta_openai\.bodies\.guard_body)")


def of_ours(heard: list[str]) -> list[str]:
    """Without trio's warnings of the generators that the transport leaves before their end: httpx does, httpx2 less."""
    return [each for each in heard if not _OF_THE_TRANSPORT.match(each)]


def without_warnings(heard: list[str]) -> list[str]:
    """Without Python's and trio's own, by default not shown, of what the program itself has left open."""
    words = ("unclosed <socket", "unclosed transport", "Async generator")
    return [each for each in heard if not any(each.startswith(start) for start in words)]


async def collect_garbage() -> None:
    """The finalizers of async generators run in tasks, and free what the next round collects."""
    for _ in range(4):
        gc.collect()
        await let_finalizers_run()


async def let_finalizers_run() -> None:
    for _ in range(5):
        await anyio.lowlevel.checkpoint()
