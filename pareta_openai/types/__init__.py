"""What the control plane returns, one module a namespace; `chat` is imported by itself, since it is large."""

from .endpoints import (
    DeployEvent,
    Endpoint,
    EndpointActivity,
    EndpointCost,
    EndpointMetrics,
    EndpointPerformance,
    EndpointQuality,
    EndpointUptime,
)
from .evals import EvalItemResult, EvalResult, EvalRun, EvalSet, FrontierModel, UploadedDocument
from .tasks import Capability, Leaderboard, LeaderboardEntry, Task, TaskMatch, TaskMatchCandidate

__all__ = [
    "Capability",
    "DeployEvent",
    "Endpoint",
    "EndpointActivity",
    "EndpointCost",
    "EndpointMetrics",
    "EndpointPerformance",
    "EndpointQuality",
    "EndpointUptime",
    "EvalItemResult",
    "EvalResult",
    "EvalRun",
    "EvalSet",
    "FrontierModel",
    "Leaderboard",
    "LeaderboardEntry",
    "Task",
    "TaskMatch",
    "TaskMatchCandidate",
    "UploadedDocument",
]
