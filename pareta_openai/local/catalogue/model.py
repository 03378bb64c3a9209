"""What the catalogue is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Example:
    """One row: what a model is given, and what it should answer."""

    input: str | dict[str, Any]
    expected: str | dict[str, Any]


@dataclass(frozen=True)
class LeaderboardEntry:
    """A model's standing on a task: `quality` 0 to 1 in its metric, `context_k` in thousands of tokens."""

    name: str
    kind: str
    quality: float | None
    cost_per_request_micro_usd: int
    context_k: int | None
    run_mode: str | None


@dataclass(frozen=True)
class Task:
    """A benchmarked task. `terms` are the words that speak for it in a query, with their weight."""

    id: str
    title: str
    category: str
    default_scorer: str
    examples: tuple[Example, ...]
    models: tuple[LeaderboardEntry, ...]
    recommended: str
    terms: Mapping[str, int]
    has_blob_input: bool = False
    recommended_system_prompt: str | None = None
    prompt_scaffold: str | None = None
    cost_unit: str = field(default="micro_usd_per_request", init=False)

    @property
    def frontier(self) -> LeaderboardEntry:
        """The best vendor model, which savings are measured against."""
        return next(entry for entry in self.models if entry.kind == "frontier")

    @property
    def vendor_models(self) -> dict[str, LeaderboardEntry]:
        """The vendors' models that were measured, by id."""
        return {entry.name: entry for entry in self.models if entry.kind == "frontier"}

    @property
    def open_models(self) -> dict[str, LeaderboardEntry]:
        """What can be deployed, by alias."""
        return {entry.name: entry for entry in self.models if entry.kind == "open"}


@dataclass(frozen=True)
class VendorModel:
    """`vision` is whether it reads pictures and documents.

    `usual_micro_usd` is its price for one request of a task on whose leaderboard it does not stand.
    """

    id: str
    vendor: str
    vision: bool
    usual_micro_usd: int

    def can_read(self, task: Task) -> bool:
        return self.vision or not task.has_blob_input

    def standing(self, task: Task) -> LeaderboardEntry:
        """As on the task's leaderboard, or not measured."""
        unmeasured = vendor(self.id, None, self.usual_micro_usd, None)
        return task.vendor_models.get(self.id, unmeasured)


@dataclass(frozen=True)
class Capability:
    """A general lane, for what no benchmarked task covers."""

    id: str
    label: str
    category: str
    category_id: str
    desc: str
    terms: Mapping[str, int]


@dataclass(frozen=True)
class Unsupported:
    """A kind of work that the platform does not do, and says so."""

    label: str
    terms: Mapping[str, int]


def best_first(*entries: LeaderboardEntry) -> tuple[LeaderboardEntry, ...]:
    """By quality; entries that were not measured come last."""
    return tuple(sorted(entries, key=lambda entry: -1.0 if entry.quality is None else entry.quality, reverse=True))


def open_weights(
    alias: str,
    quality: float | None,
    cost: int,
    context_k: int | None = 32,
    run_mode: str | None = "dedicated",
) -> LeaderboardEntry:
    return LeaderboardEntry(alias, "open", quality, cost, context_k, run_mode)


def vendor(
    model: str, quality: float | None, cost: int, context_k: int | None = 200, run_mode: str | None = None
) -> LeaderboardEntry:
    return LeaderboardEntry(model, "frontier", quality, cost, context_k, run_mode)


def examples(*pairs: tuple[str | dict[str, Any], str | dict[str, Any]]) -> tuple[Example, ...]:
    return tuple(Example(given, expected) for given, expected in pairs)
