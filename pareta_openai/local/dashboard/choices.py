"""What can be chosen on the dashboard: tasks and their models, operations, and ready-made faults."""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from pareta_openai.local import faults
from pareta_openai.local.catalogue import TASKS
from pareta_openai.local.operations import operations

router: APIRouter = APIRouter(prefix="/_local/choices", tags=["Admin"])


class TaskChoice(BaseModel):
    id: str
    models: list[str]


class FaultChoice(BaseModel):
    label: str
    fault: dict[str, Any]


class Choices(BaseModel):
    tasks: list[TaskChoice]
    operations: list[str]
    faults: list[FaultChoice]


@router.get("")
async def list_choices() -> Choices:
    return Choices(
        tasks=[TaskChoice(id=task.id, models=list(task.open_models)) for task in TASKS.values()],
        operations=list(operations()),
        faults=[FaultChoice(label=label, fault=dict(fault.document)) for label, fault in _ready_made().items()],
    )


@cache
def _ready_made() -> dict[str, faults.Fault]:
    return {
        "429, slow down for 5 s": faults.status(429, retry_after=5),
        "500, a fault of the server": faults.status(500),
        "503, back in 30 s": faults.status(503, retry_after=30),
        "402, out of credit": faults.status(402),
        "A proxy's page, 502": faults.html(502),
        "Nothing, 200": faults.empty(),
        "JSON cut short": faults.truncated_json(),
        "Answer after 3 s": faults.latency(before_headers=3),
        "First token after 3 s": faults.latency(before_first_token=3),
        "Half a second between tokens": faults.latency(between_tokens=0.5),
        "Request read at 1 KiB a second": faults.slow_reading(bytes_per_second=1024),
        "Clock an hour ahead": faults.clock_skew(3600),
        "429 by a clock an hour ahead": faults.status(429, retry_after=5, clock_skew=3600),
        "Connection closed, no answer": faults.drop(),
        "Connection reset after 3 events": faults.drop(after_events=3, how="rst"),
        "Deploy dropped at pulling-weights": faults.drop(at_event="pulling-weights"),
        "Billed, and the answer lost": faults.answer_lost(),
        "Stream ends without [DONE]": faults.end_without_done(),
        "Error within the stream": faults.error_event(after_events=2),
        "Stream stalls after 2 events": faults.stall(after_events=2),
    }
