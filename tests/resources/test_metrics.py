"""`client.endpoints.metrics(id)`: five looks at an endpoint, over the calls that were made."""

from __future__ import annotations

from typing import Any

import pytest

from pareta_openai import NotFoundError
from tests.support import MESSAGES, ScriptedServer, json_answer, settle

pytestmark = pytest.mark.anyio

DIMENSIONS = ("performance", "uptime", "cost", "quality", "activity")


async def call(client: Any, endpoint: str) -> Any:
    return await settle(client.chat.completions.create(model=endpoint, messages=MESSAGES))


async def test_metrics_need_no_await(client: Any, endpoint: str) -> None:
    metrics = client.endpoints.metrics(endpoint)
    assert all(hasattr(metrics, dimension) for dimension in DIMENSIONS)


async def test_performance_has_percentiles(client: Any, endpoint: str) -> None:
    await call(client, endpoint)
    performance = await settle(client.endpoints.metrics(endpoint).performance())
    assert 0 <= performance.p50 <= performance.p95 <= performance.p99


async def test_uptime_has_availability(client: Any, endpoint: str) -> None:
    await call(client, endpoint)
    assert (await settle(client.endpoints.metrics(endpoint).uptime())).availability == 1.0


async def test_cost_adds_up(client: Any, endpoint: str) -> None:
    completion = await call(client, endpoint)
    cost = await settle(client.endpoints.metrics(endpoint).cost())
    assert cost.total_micro_usd == completion.billed_micro_usd
    assert cost.frontier_baseline_micro_usd == completion.frontier_would_have_cost_micro_usd
    assert cost.savings_micro_usd == cost.frontier_baseline_micro_usd - cost.total_micro_usd


async def test_quality_and_activity_are_open_objects(client: Any, endpoint: str) -> None:
    completion = await call(client, endpoint)
    quality = await settle(client.endpoints.metrics(endpoint).quality())
    assert 0 < quality.quality_mean <= 1
    assert quality.windows == quality["windows"]
    activity = await settle(client.endpoints.metrics(endpoint).activity())
    assert activity.total_tokens == completion.usage.total_tokens


@pytest.mark.parametrize("dimension", DIMENSIONS)
async def test_any_query_parameter_is_passed_on(scripted: Any, script: ScriptedServer, dimension: str) -> None:
    script.answer(json_answer({"new": 1, "p50": None}))
    metrics = scripted.endpoints.metrics("ep")
    answer = await settle(getattr(metrics, dimension)(window="24h", group_by="day", extra_headers={"x-mine": "1"}))
    assert script.received[0].path == f"/v1/endpoints/ep/{dimension}?window=24h&group_by=day"
    assert b"x-mine" in script.received[0].raw.lower()
    assert answer.new == answer["new"] == 1


@pytest.mark.parametrize("dimension", DIMENSIONS)
async def test_an_unknown_endpoint_is_not_found(client: Any, dimension: str) -> None:
    with pytest.raises(NotFoundError):
        await settle(getattr(client.endpoints.metrics("absent"), dimension)())
