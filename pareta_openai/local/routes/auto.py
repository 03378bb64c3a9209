"""The model ``auto``: what it did, and what a vendor's model would have answered."""

from __future__ import annotations

import json
import time

from fastapi import APIRouter, Response
from pydantic import BaseModel
from pydantic_core import to_json

from pareta_openai.local import vllm_format
from pareta_openai.local.calls import Call, percentile
from pareta_openai.local.catalogue import VENDOR_MODELS
from pareta_openai.local.chat_request import ChatRequest
from pareta_openai.local.errors import NotAcceptable, NotFound
from pareta_openai.local.inference import receipt
from pareta_openai.local.responder import respond
from pareta_openai.local.vllm_format import Heading

from .chat import ChatCompletion
from .dependencies import CurrentState, Organisation, RequestMeter

router: APIRouter = APIRouter(tags=["Newer"])

# The roster of evals, and what Pareta's own client offers in addition.
_PRICES = {
    **{model.id: model.usual_micro_usd for model in VENDOR_MODELS.values()},
    "gpt-5.5": 9_000,
    "claude-sonnet-4-6": 8_000,
    "gemini-3-1-pro": 6_500,
    "gemini-3-5-flash": 1_000,
}
_HOUR = 3600
_DAY = 24 * _HOUR


class Hour(BaseModel):
    """`start` in seconds since the epoch, latencies in milliseconds."""

    start: int
    requests: int
    errors: int
    p50: float | None
    p95: float | None


class Day(BaseModel):
    """A UTC day; `start` in seconds since the epoch."""

    start: int
    requests: int
    succeeded: int


class AutoMetrics(BaseModel):
    """Of the last 30 days; the hours are those of the last 7. Null is what there is nothing to compute from."""

    requests_30d: int
    success_rate_30d: float | None
    billed_micro_usd_30d: int
    savings_vs_frontier_micro_usd_30d: int
    savings_multiple_30d: float | None
    hourly_7d: list[Hour]
    daily_30d: list[Day]


class FrontierAnswer(ChatCompletion):
    content: str
    cost_micro_usd: int
    latency_ms: int


@router.get("/auto/metrics")
async def auto_metrics(state: CurrentState, organisation: Organisation) -> AutoMetrics:
    now = state.now()
    since = now - 30 * _DAY
    calls = state.auto_calls.made(organisation, since=since)
    bill = state.auto_calls.billed(organisation, since=since)
    return AutoMetrics(
        requests_30d=len(calls),
        success_rate_30d=_answered(calls) / len(calls) if calls else None,
        billed_micro_usd_30d=bill.micro_usd,
        savings_vs_frontier_micro_usd_30d=bill.frontier_micro_usd - bill.micro_usd,
        savings_multiple_30d=round(bill.frontier_micro_usd / bill.micro_usd, 1) if bill.micro_usd else None,
        hourly_7d=[_hour(start, calls) for start, calls in _by_time(calls, _HOUR, since=now - 7 * _DAY).items()],
        daily_30d=[
            Day(start=start, requests=len(calls), succeeded=_answered(calls))
            for start, calls in _by_time(calls, _DAY, since=since).items()
        ],
    )


@router.post("/playground/frontier", response_model=FrontierAnswer)
async def ask_frontier_model(body: ChatRequest, state: CurrentState, meter: RequestMeter) -> Response:
    """A chat completion's answer in one piece, with its text and price beside it; billed at the vendor's price."""
    began = time.perf_counter()
    price = _PRICES.get(body.model)
    if price is None:
        raise NotFound(f"No vendor's model {body.model!r} here. There are {', '.join(_PRICES)}.")
    if body.stream:
        raise NotAcceptable("This route answers in one piece: leave stream out.")
    meter.require_credit()
    reply = respond(body.prompt(subject=body.model))
    debit = meter.book_price(
        body.model,
        micro_usd=price,
        frontier_micro_usd=price,
        prompt_tokens=reply.usage.prompt_tokens,
        completion_tokens=reply.usage.completion_tokens,
    )
    heading = Heading(f"chatcmpl-{meter.request_id}", int(state.now()), body.model)
    answer = {
        **json.loads(vllm_format.completion(heading, reply, logprobs=None)),
        "content": reply.choices[0].text,
        "cost_micro_usd": debit.micro_usd,
        "latency_ms": round((time.perf_counter() - began) * 1000),
    }
    return Response(to_json(answer), media_type="application/json", headers=receipt(state, debit))


def _hour(start: int, calls: list[Call]) -> Hour:
    latencies = [call.milliseconds for call in calls if call.answered]
    return Hour(
        start=start,
        requests=len(calls),
        errors=len(calls) - len(latencies),
        p50=percentile(latencies, 50),
        p95=percentile(latencies, 95),
    )


def _answered(calls: list[Call]) -> int:
    return sum(call.answered for call in calls)


def _by_time(calls: list[Call], seconds: int, *, since: float) -> dict[int, list[Call]]:
    """By the second at which the piece of time begins that is so many `seconds` long."""
    found: dict[int, list[Call]] = {}
    for call in calls:
        if call.at >= since:
            found.setdefault(int(call.at // seconds) * seconds, []).append(call)
    return found
