"""Tasks: the catalogue, matching a wish to a task, and leaderboards. Reading them is free."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from pareta_openai.local import catalogue, matching
from pareta_openai.local.bodies import Body, Integer

from .dependencies import KeyRequired

router: APIRouter = APIRouter(prefix="/tasks", tags=["Tasks"], dependencies=[KeyRequired])
leaderboards: APIRouter = APIRouter(prefix="/tasks", tags=["Tasks"], dependencies=[KeyRequired])
"""Apart: not every generation of the platform has them."""


class Example(BaseModel):
    input: str | dict[str, Any]
    expected: str | dict[str, Any]


class Task(BaseModel):
    id: str
    default_scorer: str
    has_blob_input: bool
    examples: list[Example]


class TaskList(BaseModel):
    tasks: list[Task]


class MatchRequest(Body):
    query: str = Field(min_length=1)
    top_k: Integer = Field(default=5, ge=1, le=50)


class Candidate(BaseModel):
    task_id: str
    score: float
    confidence: str
    category: str


class Capability(BaseModel):
    id: str
    label: str
    category: str
    category_id: str
    desc: str


class Match(BaseModel):
    query: str
    type: str
    matched: bool
    chosen: Candidate | None
    candidates: list[Candidate]
    ambiguous: bool
    matcher: str
    reasoning: str
    confidence: str
    capability: Capability | None


class LeaderboardEntry(BaseModel):
    name: str
    kind: str
    quality: float | None
    cost_per_request_micro_usd: int | None
    context_k: int | None
    run_mode: str | None


class Leaderboard(BaseModel):
    task_id: str
    metric: str | None
    cost_unit: str | None
    recommended: str | None
    frontier: LeaderboardEntry | None
    models: list[LeaderboardEntry]


@router.get("")
async def list_tasks() -> TaskList:
    return TaskList(tasks=[_task(task, None) for task in catalogue.TASKS.values()])


@router.get("/{task_id}")
async def retrieve_task(task_id: str, examples_n: Annotated[int | None, Query(ge=0)] = None) -> Task:
    """With at most `examples_n` examples, or all that there are."""
    return _task(catalogue.require_task(task_id), examples_n)


@router.post("/match")
async def match_task(body: MatchRequest) -> Match:
    found = matching.match(body.query, top_k=body.top_k)
    return Match(
        query=found.query,
        type=found.type,
        matched=found.chosen is not None,
        chosen=_candidate(found.chosen) if found.chosen else None,
        candidates=[_candidate(candidate) for candidate in found.candidates],
        ambiguous=found.ambiguous,
        matcher="keyword",
        reasoning=found.reasoning,
        confidence=found.confidence,
        capability=_capability(found.capability) if found.capability else None,
    )


@leaderboards.get("/{task_id}/leaderboard")
async def task_leaderboard(task_id: str) -> Leaderboard:
    task = catalogue.require_task(task_id)
    return Leaderboard(
        task_id=task.id,
        metric=task.default_scorer,
        cost_unit=task.cost_unit,
        recommended=task.recommended,
        frontier=_entry(task.frontier),
        models=[_entry(entry) for entry in task.models],
    )


def _task(task: catalogue.Task, examples_n: int | None) -> Task:
    return Task(
        id=task.id,
        default_scorer=task.default_scorer,
        has_blob_input=task.has_blob_input,
        examples=[Example(**asdict(example)) for example in task.examples[:examples_n]],
    )


def _candidate(candidate: matching.Candidate) -> Candidate:
    return Candidate(**asdict(candidate))


def _entry(entry: catalogue.LeaderboardEntry) -> LeaderboardEntry:
    return LeaderboardEntry(**asdict(entry))


def _capability(lane: catalogue.Capability) -> Capability:
    return Capability(
        id=lane.id, label=lane.label, category=lane.category, category_id=lane.category_id, desc=lane.desc
    )
