"""Endpoints, and the events of a deploy."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ._base import ParetaModel, number


class Endpoint(ParetaModel):
    """A model deployed for a task (`GET /v1/endpoints/{id}`)."""

    name: str | None = None
    model: str | None = None
    """The per-task alias of the model behind it, e.g. ``contract-kie-1``."""
    status: str | None = None
    """``live``, ``starting``, ``stopped``, …; more may come."""
    url: str | None = None
    recommended_system_prompt: str | None = Field(default=None, alias="recommendedSystemPrompt")
    """Applied by the platform to a request without a system message."""
    prompt_scaffold: str | None = Field(default=None, alias="promptScaffold")
    """For a classifier with fixed labels: a system prompt to fill in and send. Never applied for you."""

    @property
    def id(self) -> str:
        """What `chat.completions.create(model=…)` takes; the name, where the platform gives that alone."""
        endpoint_id: str = self.get("id") or self.get("name")
        return endpoint_id

    @property
    def task(self) -> str | None:
        """The task that it was deployed for."""
        task: str | None = self.get("taskName") or self.get("task")
        return task

    @property
    def is_live(self) -> bool:
        return self.status == "live"


class EndpointMetrics(ParetaModel):
    """A metric of an endpoint. What it holds may grow: everything is in `to_dict()`, and is an attribute."""


class EndpointPerformance(EndpointMetrics):
    """Latency (`GET /v1/endpoints/{id}/performance`), in milliseconds where the platform says no other unit."""

    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


class EndpointUptime(EndpointMetrics):
    """`GET /v1/endpoints/{id}/uptime`."""

    availability: float | None = None
    """0 to 1."""


class EndpointCost(EndpointMetrics):
    """`GET /v1/endpoints/{id}/cost`, in micro-USD: 1 000 000 is $1."""

    total_micro_usd: int | None = None
    frontier_baseline_micro_usd: int | None = None
    """What the task's frontier model would have cost for the same calls."""
    savings_micro_usd: int | None = None


class EndpointQuality(EndpointMetrics):
    """`GET /v1/endpoints/{id}/quality`."""

    quality_mean: float | None = None
    """0 to 1."""


class EndpointActivity(EndpointMetrics):
    """Usage (`GET /v1/endpoints/{id}/activity`)."""


class DeployEvent(ParetaModel):
    """One event of a deploy (`POST /v1/endpoints`)."""

    event: str
    """``progress``, ``complete`` or ``error``."""
    data: Any
    """What came with it, as the platform sent it."""

    def _field(self, name: str) -> Any:
        return self.data.get(name) if isinstance(self.data, dict) else None

    def _words(self, name: str) -> str | None:
        words = self._field(name)
        return words if isinstance(words, str) else None

    @property
    def stage(self) -> str | None:
        """Of a progress event: what is being done, e.g. ``pulling weights``."""
        return self._words("stage")

    @property
    def label(self) -> str | None:
        """Of a progress event, where the platform gives one: the stage in words for a person."""
        return self._words("label")

    @property
    def pct(self) -> float | None:
        """Of a progress event, where the platform gives it: how much of the stage is done, in percent."""
        return number(self._field("pct"))

    @property
    def endpoint(self) -> Endpoint | None:
        """Of a complete event: the live endpoint."""
        record = self._field("endpoint")
        return Endpoint.construct(**record) if isinstance(record, dict) else None

    @property
    def message(self) -> str | None:
        """Of an error event: what went wrong."""
        return self._words("message")
