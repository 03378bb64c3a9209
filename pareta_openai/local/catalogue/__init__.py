"""The tasks that the local platform knows, their leaderboards and examples. Everything here is made up."""

from __future__ import annotations

from pareta_openai.local.errors import NotFound

from .classification import CLASSIFICATION
from .documents import DOCUMENTS
from .extraction import EXTRACTION
from .figures import FIGURES
from .general import CAPABILITIES, UNSUPPORTED
from .model import Capability, Example, LeaderboardEntry, Task, Unsupported, VendorModel
from .ranking import RANKING
from .summarisation import SUMMARISATION
from .vendors import VENDOR_MODELS

__all__ = [
    "CAPABILITIES",
    "TASKS",
    "UNSUPPORTED",
    "VENDOR_MODELS",
    "Capability",
    "Example",
    "LeaderboardEntry",
    "Task",
    "Unsupported",
    "VendorModel",
    "is_vendor_model",
    "require_task",
    "task_of_alias",
]

TASKS: dict[str, Task] = {
    task.id: task for task in (*EXTRACTION, *CLASSIFICATION, *SUMMARISATION, *DOCUMENTS, *FIGURES, *RANKING)
}

_TASK_OF_ALIAS = {alias: task for task in TASKS.values() for alias in task.open_models}


def require_task(task_id: str) -> Task:
    """Raises `NotFound`."""
    task = TASKS.get(task_id)
    if task is None:
        raise NotFound(f"No task {task_id!r}. GET /v1/tasks lists them.")
    return task


def task_of_alias(alias: str) -> Task | None:
    """The one task on whose leaderboard an open model stands under this alias."""
    return _TASK_OF_ALIAS.get(alias)


def is_vendor_model(name: str) -> bool:
    return name in VENDOR_MODELS
