"""`client.endpoints.metrics(id)`: how an endpoint does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from ..types.endpoints import (
    EndpointActivity,
    EndpointCost,
    EndpointMetrics,
    EndpointPerformance,
    EndpointQuality,
    EndpointUptime,
)
from ._calls import AsyncResource, Call, SyncResource, path

if TYPE_CHECKING:
    from ..client import AsyncParetaOpenAI, ParetaOpenAI

M = TypeVar("M", bound=EndpointMetrics)

_OPTIONS = ("extra_headers", "extra_query", "extra_body", "timeout")


def _metric(endpoint_id: str, dimension: str, cast_to: type[M], parameters: dict[str, Any]) -> tuple[Call[M], Any]:
    options = {name: parameters.pop(name) for name in _OPTIONS if name in parameters}
    return Call("get", path("endpoints", endpoint_id, dimension), cast_to=cast_to, query=parameters), options


class Metrics(SyncResource):
    """Five looks at one endpoint.

    Each takes whatever query parameters the platform does (``window="24h"``, ``group_by="day"``,
    ``since="30d"``) beside `extra_headers`, `extra_query` and `timeout`, and gives an open object.
    """

    def __init__(self, client: ParetaOpenAI, endpoint_id: str) -> None:
        super().__init__(client)
        self._id = endpoint_id

    def performance(self, **parameters: Any) -> EndpointPerformance:
        """Latency: the median, the 95th and the 99th percentile (`GET /v1/endpoints/{id}/performance`)."""
        return self._send(*_metric(self._id, "performance", EndpointPerformance, parameters))

    def uptime(self, **parameters: Any) -> EndpointUptime:
        """Availability (`GET /v1/endpoints/{id}/uptime`)."""
        return self._send(*_metric(self._id, "uptime", EndpointUptime, parameters))

    def cost(self, **parameters: Any) -> EndpointCost:
        """What it cost and saved, in micro-USD (`GET /v1/endpoints/{id}/cost`)."""
        return self._send(*_metric(self._id, "cost", EndpointCost, parameters))

    def quality(self, **parameters: Any) -> EndpointQuality:
        """What the judge says (`GET /v1/endpoints/{id}/quality`)."""
        return self._send(*_metric(self._id, "quality", EndpointQuality, parameters))

    def activity(self, **parameters: Any) -> EndpointActivity:
        """Usage (`GET /v1/endpoints/{id}/activity`)."""
        return self._send(*_metric(self._id, "activity", EndpointActivity, parameters))


class AsyncMetrics(AsyncResource):
    """`Metrics`, awaited."""

    def __init__(self, client: AsyncParetaOpenAI, endpoint_id: str) -> None:
        super().__init__(client)
        self._id = endpoint_id

    async def performance(self, **parameters: Any) -> EndpointPerformance:
        """See `Metrics.performance`."""
        return await self._send(*_metric(self._id, "performance", EndpointPerformance, parameters))

    async def uptime(self, **parameters: Any) -> EndpointUptime:
        """See `Metrics.uptime`."""
        return await self._send(*_metric(self._id, "uptime", EndpointUptime, parameters))

    async def cost(self, **parameters: Any) -> EndpointCost:
        """See `Metrics.cost`."""
        return await self._send(*_metric(self._id, "cost", EndpointCost, parameters))

    async def quality(self, **parameters: Any) -> EndpointQuality:
        """See `Metrics.quality`."""
        return await self._send(*_metric(self._id, "quality", EndpointQuality, parameters))

    async def activity(self, **parameters: Any) -> EndpointActivity:
        """See `Metrics.activity`."""
        return await self._send(*_metric(self._id, "activity", EndpointActivity, parameters))
