"""Many files at a time, on as many processes as there are cores."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing.context import BaseContext
from typing import TypeVar

from .project import Project

# Below this, starting processes takes longer than they save.
FEW = 100
_MOST = 8

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

_project: Project


def each(function: Callable[[_Item, Project], _Result], items: Sequence[_Item], project: Project) -> Iterator[_Result]:
    """`function` of each item, in their order. It has to be one that a module has at its top level."""
    processes = min(_cores(), _MOST, len(items) // FEW + 1)
    if processes == 1:
        yield from (function(item, project) for item in items)
        return
    with ProcessPoolExecutor(processes, _context(), _start, (project,)) as pool:
        yield from pool.map(partial(_call, function), items, chunksize=20)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _context() -> BaseContext:
    # A fork is at once there and has the project already, but is not for a process that has threads.
    fork = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if fork else "spawn")


def _start(project: Project) -> None:
    global _project
    _project = project


def _call(function: Callable[[_Item, Project], _Result], item: _Item) -> _Result:
    return function(item, _project)
