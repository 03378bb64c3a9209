"""Endpoints' metrics, from the calls that were really made."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from pareta_openai.local.calls import Call, calls_by_day, percentile, window_start
from pareta_openai.local.endpoints import Endpoint
from pareta_openai.local.state import State

from .dependencies import CurrentState, Organisation

router: APIRouter = APIRouter(prefix="/endpoints/{endpoint_id}", tags=["Endpoint metrics"])


class Performance(BaseModel):
    """Latency in milliseconds until the answer was ready."""

    requests: int
    p50: float | None
    p95: float | None
    p99: float | None


class Uptime(BaseModel):
    """`availability` is the share of calls, 0 to 1, that found the endpoint live."""

    requests: int
    answered: int
    availability: float | None


class Cost(BaseModel):
    billed_requests: int
    total_micro_usd: int
    frontier_baseline_micro_usd: int
    savings_micro_usd: int


class JudgeWindow(BaseModel):
    """One UTC day; `start` in seconds since the epoch."""

    start: int
    judged: int
    quality_mean: float | None


class Quality(BaseModel):
    """Nothing is judged locally: each answered call counts with its model's leaderboard quality."""

    judged: int
    quality_mean: float | None
    windows: list[JudgeWindow]


class Activity(BaseModel):
    requests: int
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    last_request_at: int | None


async def _since(state: CurrentState, window: str | None = None, since: str | None = None) -> float:
    """Where `window` or `since`, such as ``24h``, begins. Any other parameter is taken and not used."""
    return window_start(window or since, state.now())


Since = Annotated[float, Depends(_since)]


@router.get("/performance")
async def endpoint_performance(
    endpoint_id: str, state: CurrentState, organisation: Organisation, since: Since
) -> Performance:
    _, calls = _calls(state, organisation, endpoint_id, since)
    latencies = [call.milliseconds for call in calls if call.answered]
    return Performance(
        requests=len(calls),
        p50=percentile(latencies, 50),
        p95=percentile(latencies, 95),
        p99=percentile(latencies, 99),
    )


@router.get("/uptime")
async def endpoint_uptime(endpoint_id: str, state: CurrentState, organisation: Organisation, since: Since) -> Uptime:
    _, calls = _calls(state, organisation, endpoint_id, since)
    answered = sum(call.answered for call in calls)
    return Uptime(requests=len(calls), answered=answered, availability=answered / len(calls) if calls else None)


@router.get("/cost")
async def endpoint_cost(endpoint_id: str, state: CurrentState, organisation: Organisation, since: Since) -> Cost:
    endpoint = state.endpoints.get(organisation, endpoint_id)
    requests, total, frontier = state.calls.billed(organisation, endpoint, since=since)
    return Cost(
        billed_requests=requests,
        total_micro_usd=total,
        frontier_baseline_micro_usd=frontier,
        savings_micro_usd=frontier - total,
    )


@router.get("/quality")
async def endpoint_quality(endpoint_id: str, state: CurrentState, organisation: Organisation, since: Since) -> Quality:
    endpoint, calls = _calls(state, organisation, endpoint_id, since)
    answered = [call for call in calls if call.answered]
    quality = endpoint.model.quality
    return Quality(
        judged=len(answered),
        quality_mean=quality if answered else None,
        windows=[
            JudgeWindow(start=day, judged=judged, quality_mean=quality)
            for day, judged in calls_by_day(answered).items()
        ],
    )


@router.get("/activity")
async def endpoint_activity(
    endpoint_id: str, state: CurrentState, organisation: Organisation, since: Since
) -> Activity:
    _, calls = _calls(state, organisation, endpoint_id, since)
    prompt_tokens = sum(call.prompt_tokens for call in calls)
    completion_tokens = sum(call.completion_tokens for call in calls)
    return Activity(
        requests=len(calls),
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
        total_tokens=prompt_tokens + completion_tokens,
        last_request_at=int(calls[-1].at) if calls else None,
    )


def _calls(state: State, organisation: str, endpoint_id: str, since: float) -> tuple[Endpoint, list[Call]]:
    endpoint = state.endpoints.get(organisation, endpoint_id)
    return endpoint, state.calls.made(organisation, endpoint, since=since)
