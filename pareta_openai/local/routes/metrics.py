"""Endpoints' metrics, from the calls that were really made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from pareta_openai.local.calls import Bill, Call, Period, by_period, percentile, window_start
from pareta_openai.local.endpoints import Endpoint

from .dependencies import CurrentState, Organisation

router: APIRouter = APIRouter(prefix="/endpoints/{endpoint_id}", tags=["Endpoint metrics"])

_Row = TypeVar("_Row", Call, Bill)


class Metric(BaseModel):
    """`groups` is there where `group_by` is ``hour``, ``day`` or ``week``: the same figures of each such period (UTC)
    that has any, oldest first, with its `start` in seconds since the epoch."""

    groups: list[dict[str, Any]] | None = None


class Performance(Metric):
    """Latency in milliseconds until the answer was ready."""

    requests: int
    p50: float | None
    p95: float | None
    p99: float | None


class Uptime(Metric):
    """`availability` is the share of calls, 0 to 1, that found the endpoint live."""

    requests: int
    answered: int
    availability: float | None


class Cost(Metric):
    billed_requests: int
    total_micro_usd: int
    frontier_baseline_micro_usd: int
    savings_micro_usd: int


class JudgeWindow(BaseModel):
    """One UTC day; `start` in seconds since the epoch."""

    start: int
    judged: int
    quality_mean: float | None


class Quality(Metric):
    """Nothing is judged locally: each answered call counts with its model's leaderboard quality."""

    judged: int
    quality_mean: float | None
    windows: list[JudgeWindow]


class Activity(Metric):
    requests: int
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    last_request_at: int | None


async def _since(state: CurrentState, window: str | None = None, since: str | None = None) -> float:
    """Where `window` or `since`, such as ``24h``, begins. Any other parameter is taken and not used."""
    return window_start(window or since, state.now())


async def _period(group_by: str | None = None) -> Period | None:
    return Period.named(group_by)


Since = Annotated[float, Depends(_since)]
GroupBy = Annotated["Period | None", Depends(_period)]


async def _endpoint(endpoint_id: str, state: CurrentState, organisation: Organisation) -> Endpoint:
    return state.endpoints.get(organisation, endpoint_id)


OwnEndpoint = Annotated[Endpoint, Depends(_endpoint)]


async def _made(endpoint: OwnEndpoint, state: CurrentState, organisation: Organisation, since: Since) -> list[Call]:
    return state.calls.made(organisation, endpoint, since=since)


Calls = Annotated["list[Call]", Depends(_made)]


@router.get("/performance", response_model_exclude_unset=True)
async def endpoint_performance(calls: Calls, group_by: GroupBy) -> Performance:
    return Performance(**_grouped(_performance, calls, group_by))


@router.get("/uptime", response_model_exclude_unset=True)
async def endpoint_uptime(calls: Calls, group_by: GroupBy) -> Uptime:
    return Uptime(**_grouped(_uptime, calls, group_by))


@router.get("/cost", response_model_exclude_unset=True)
async def endpoint_cost(
    endpoint: OwnEndpoint, state: CurrentState, organisation: Organisation, since: Since, group_by: GroupBy
) -> Cost:
    return Cost(**_grouped(_cost, state.calls.billed(organisation, endpoint, since=since), group_by))


@router.get("/quality", response_model_exclude_unset=True)
async def endpoint_quality(endpoint: OwnEndpoint, calls: Calls, group_by: GroupBy) -> Quality:
    def judged(calls: Sequence[Call]) -> dict[str, Any]:
        return {"judged": len(calls), "quality_mean": endpoint.model.quality if calls else None}

    answered = [call for call in calls if call.answered]
    days = _groups(judged, answered, Period.DAY)
    return Quality(windows=[JudgeWindow(**day) for day in days], **_grouped(judged, answered, group_by))


@router.get("/activity", response_model_exclude_unset=True)
async def endpoint_activity(calls: Calls, group_by: GroupBy) -> Activity:
    return Activity(**_grouped(_activity, calls, group_by))


def _performance(calls: Sequence[Call]) -> dict[str, Any]:
    latencies = [call.milliseconds for call in calls if call.answered]
    return {"requests": len(calls), **{f"p{percent}": percentile(latencies, percent) for percent in (50, 95, 99)}}


def _uptime(calls: Sequence[Call]) -> dict[str, Any]:
    answered = sum(call.answered for call in calls)
    return {"requests": len(calls), "answered": answered, "availability": answered / len(calls) if calls else None}


def _cost(bills: Sequence[Bill]) -> dict[str, Any]:
    total = sum(bill.micro_usd for bill in bills)
    frontier = sum(bill.frontier_micro_usd for bill in bills)
    return {
        "billed_requests": len(bills),
        "total_micro_usd": total,
        "frontier_baseline_micro_usd": frontier,
        "savings_micro_usd": frontier - total,
    }


def _activity(calls: Sequence[Call]) -> dict[str, Any]:
    prompt_tokens = sum(call.prompt_tokens for call in calls)
    completion_tokens = sum(call.completion_tokens for call in calls)
    return {
        "requests": len(calls),
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
        "last_request_at": int(calls[-1].at) if calls else None,
    }


def _grouped(
    figures: Callable[[Sequence[_Row]], dict[str, Any]], rows: Sequence[_Row], group_by: Period | None
) -> dict[str, Any]:
    """Of all rows, and of those of each period where it was asked for."""
    groups = {} if group_by is None else {"groups": _groups(figures, rows, group_by)}
    return {**figures(rows), **groups}


def _groups(
    figures: Callable[[Sequence[_Row]], dict[str, Any]], rows: Sequence[_Row], group_by: Period
) -> list[dict[str, Any]]:
    return [{"start": start, **figures(within)} for start, within in by_period(rows, group_by).items()]
