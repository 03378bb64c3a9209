"""Tasks, what a sentence matches, and leaderboards."""

from __future__ import annotations

from typing import Any

from ._base import ParetaModel, number


class Task(ParetaModel):
    """A task of the catalogue (`GET /v1/tasks/{id}`)."""

    id: str
    default_scorer: str | None = None
    has_blob_input: bool = False
    """Whether its input is documents or images."""
    examples: list[Any] = []
    """`retrieve(…, examples_n=N)` fills it."""


class TaskMatchCandidate(ParetaModel):
    """A task that fits a sentence, and how well."""

    task_id: str
    score: float | None = None
    confidence: str | None = None
    """``high``, ``medium`` or ``low``."""
    category: str | None = None


class Capability(ParetaModel):
    """A general lane that a sentence asks for, in place of a task: ``chat``, ``coding``, ``asr``, …"""

    id: str
    label: str | None = None
    category: str | None = None
    category_id: str | None = None
    desc: str | None = None


class TaskMatch(ParetaModel):
    """What a sentence matched (`POST /v1/tasks/match`)."""

    query: str | None = None
    type: str | None = None
    """``task``, ``capability``, ``unsupported`` (an answer, not an error) or ``none``; older platforms: absent."""
    matched: bool = False
    chosen: TaskMatchCandidate | None = None
    candidates: list[TaskMatchCandidate] = []
    """Best first."""
    ambiguous: bool = False
    matcher: str | None = None
    """``reason`` or ``keyword``."""
    reasoning: str | None = None
    confidence: str | None = None
    """``high``, ``medium`` or ``low``."""
    capability: Capability | None = None


class LeaderboardEntry(ParetaModel):
    """How a model does at a task. The platform may leave out any of it."""

    name: str | None = None
    kind: str | None = None
    """``open`` or ``frontier``."""
    quality: float | None = None
    """0 to 1, in the leaderboard's metric."""
    cost_per_request_micro_usd: float | None = None
    """1 000 000 is $1."""
    context_k: float | None = None
    """In thousands of tokens."""
    run_mode: str | None = None


class Leaderboard(ParetaModel):
    """The models that are good at a task, best first (`GET /v1/tasks/{id}/leaderboard`)."""

    task_id: str | None = None
    metric: str | None = None
    cost_unit: str | None = None
    recommended: str | None = None
    """What `endpoints.deploy(model="recommended")` takes."""
    frontier: LeaderboardEntry | None = None
    """The vendor's model that savings are measured against."""
    models: list[LeaderboardEntry] = []

    def pareto_front(self) -> list[LeaderboardEntry]:
        """The entries that no other beats on quality and cost both, cheapest first.

        An entry is beaten by one that is at least as good and as cheap, and better in one of the two. Entries
        without a quality or a cost cannot be compared and are left out.
        """
        known = []
        for entry in self.models:
            cost, quality = number(entry.cost_per_request_micro_usd), number(entry.quality)
            if cost is not None and quality is not None:
                known.append((cost, -quality, entry))
        front: list[tuple[float, float, LeaderboardEntry]] = []
        for cost, loss, entry in sorted(known, key=lambda one: one[:2]):
            if not front or (cost, loss) == front[-1][:2] or loss < front[-1][1]:
                front.append((cost, loss, entry))
        return [entry for _, _, entry in front]
