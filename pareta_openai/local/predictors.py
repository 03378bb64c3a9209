"""Candidates that answer the rows of an eval set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from .catalogue import Task
from .eval_sets import EvalItem
from .scoring import Answer
from .simulation import predict


@dataclass(frozen=True)
class Unanswered:
    """What a candidate has for a row in place of an answer, and why."""

    error: str


class Predictor(Protocol):
    """One candidate."""

    async def predict(self, items: Sequence[EvalItem]) -> list[Answer | Unanswered]:
        """One answer for each row, in their order."""
        ...


@dataclass(frozen=True)
class SimulatedPredictor:
    """No model: each answer is made up from what its row expects, as in `simulation`."""

    task: Task
    model: str
    quality: float
    labels: Sequence[str]

    async def predict(self, items: Sequence[EvalItem]) -> list[Answer | Unanswered]:
        return [predict(self.task, item, model=self.model, quality=self.quality, labels=self.labels) for item in items]
