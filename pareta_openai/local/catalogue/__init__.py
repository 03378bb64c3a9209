"""The tasks that the local platform knows, their leaderboards and examples. Everything here is made up."""

from __future__ import annotations

from .classification import CLASSIFICATION
from .documents import DOCUMENTS
from .extraction import EXTRACTION
from .general import CAPABILITIES, UNSUPPORTED
from .model import Capability, Example, LeaderboardEntry, Task, Unsupported
from .summarisation import SUMMARISATION

__all__ = [
    "CAPABILITIES",
    "TASKS",
    "UNSUPPORTED",
    "Capability",
    "Example",
    "LeaderboardEntry",
    "Task",
    "Unsupported",
    "is_vendor_model",
    "task_of_alias",
]

TASKS: dict[str, Task] = {task.id: task for task in (*EXTRACTION, *CLASSIFICATION, *SUMMARISATION, *DOCUMENTS)}

_TASK_OF_ALIAS = {entry.name: task for task in TASKS.values() for entry in task.models if entry.kind == "open"}
_VENDOR_MODELS = {entry.name for task in TASKS.values() for entry in task.models if entry.kind == "frontier"}


def task_of_alias(alias: str) -> Task | None:
    """The one task on whose leaderboard an open model stands under this alias."""
    return _TASK_OF_ALIAS.get(alias)


def is_vendor_model(name: str) -> bool:
    return name in _VENDOR_MODELS
