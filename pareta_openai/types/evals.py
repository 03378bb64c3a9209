"""Eval sets, eval runs and their results, and the vendor models that one can evaluate against."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from ._base import ParetaModel, number
from ._money import dollars


class EvalSet(ParetaModel):
    """Rows to evaluate models on (`GET /v1/eval-sets/{id}`)."""

    id: str
    task_id: str | None = None
    name: str | None = None
    item_count: int | None = None
    scoring_strategy: str | None = None


class EvalItemResult(ParetaModel):
    """How one model did on one row."""

    idx: int | None = None
    """The row, counted from 0."""
    score: float | None = None
    """0 to 1."""
    prediction: Any = None
    """What the model answered, which the platform may shorten."""
    error: str | None = None


class EvalResult(ParetaModel):
    """How one model did on an eval set."""

    model_id: str | None = None
    kind: str | None = None
    """``open`` or ``frontier``."""
    quality_mean: float | None = None
    """0 to 1."""
    quality_ci_low: float | None = None
    """The lower end of the 95 % interval."""
    quality_ci_high: float | None = None
    """The upper end of the 95 % interval."""
    mean_cost_micro_usd: float | None = None
    """A rate per row, never floored."""
    n_succeeded: int | None = None
    error_count: int | None = None
    per_item: list[EvalItemResult] = []
    """Row by row, where the platform keeps that."""


class _Run(ParetaModel):
    """The record of a run, without its results."""

    id: str
    eval_set_id: str | None = None
    status: str | None = None
    candidate_model_ids: list[str] = []
    total_cost_micro_usd: int | None = None
    error_detail: str | None = None


class EvalRun(ParetaModel):
    """Models evaluated on a set (`GET /v1/eval-runs/{id}`)."""

    required_fields: ClassVar[tuple[str, ...]] = ("run",)

    run: _Run
    results: list[EvalResult] = []
    """One for each candidate, once there are any."""

    @property
    def id(self) -> str:
        return self.run.id

    @property
    def eval_set_id(self) -> str | None:
        return self.run.eval_set_id

    @property
    def status(self) -> str | None:
        """``queued``, ``running``, ``evaluating``, ``completed`` or ``failed``."""
        return self.run.status

    @property
    def is_terminal(self) -> bool:
        """Whether it has ended, well or not."""
        return self.status in ("completed", "failed")

    @property
    def candidate_models(self) -> list[str]:
        return self.run.candidate_model_ids

    @property
    def error_detail(self) -> str | None:
        """Why it failed, where it did."""
        return self.run.error_detail

    @property
    def cost_micro_usd(self) -> int:
        """What was billed; 1 000 000 is $1. 0 where the platform gives no number."""
        return int(number(self.run.total_cost_micro_usd) or 0)

    @property
    def cost(self) -> Decimal:
        """What was billed, in dollars, floored to whole cents."""
        return dollars(self.cost_micro_usd)


class FrontierModel(ParetaModel):
    """A vendor's model that one can evaluate against (`GET /v1/eval/frontier-models`)."""

    id: str
    vendor: str | None = None
    vision: bool = False
    """Whether it reads images and documents."""
    benchmarked: bool = False
    """Whether it stands on the leaderboard of the task that was asked about."""


class UploadedDocument(ParetaModel):
    """What the platform says of a document that was attached to a row."""
