"""What the control plane returns, one module a namespace; `chat` is imported by itself, since it is large."""

from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from openai.types import *  # noqa: F403  # pyright: ignore[reportWildcardImportFromLibrary]

    from . import chat as chat
else:

    def __getattr__(name: str) -> Any:
        """openai's, for `import pareta_openai as openai`."""
        import openai.types

        return getattr(openai.types, name)
