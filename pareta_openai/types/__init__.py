"""What the control plane returns, one module a namespace."""

from .endpoints import DeployEvent, Endpoint
from .tasks import Capability, Leaderboard, LeaderboardEntry, Task, TaskMatch, TaskMatchCandidate

__all__ = [
    "Capability",
    "DeployEvent",
    "Endpoint",
    "Leaderboard",
    "LeaderboardEntry",
    "Task",
    "TaskMatch",
    "TaskMatchCandidate",
]
