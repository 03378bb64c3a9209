"""An ``openai.OpenAI`` that knows Pareta.

from pareta_openai import OpenAI

client = OpenAI()  # PARETA_API_KEY, and PARETA_BASE_URL where it is not production
client.chat.completions.create(model="ep_contract_kie", messages=[...])
client.endpoints.deploy(task="contract-key-fields", wait=True)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from .client import (
        AsyncOpenAI,
        AsyncPareta,
        AsyncParetaOpenAI,
        OpenAI,
        Pareta,
        ParetaOpenAI,
    )
    from .errors import (
        APIConnectionError,
        APIResponseValidationError,
        APIStatusError,
        APITimeoutError,
        AuthenticationError,
        BadRequestError,
        ConflictError,
        DeploymentFailedError,
        EndpointNotReadyError,
        InsufficientCreditsError,
        InternalServerError,
        NotFoundError,
        ParetaError,
        PermissionDeniedError,
        RateLimitError,
        UnprocessableEntityError,
    )
    from .types import (
        Capability,
        DeployEvent,
        Endpoint,
        Leaderboard,
        LeaderboardEntry,
        Task,
        TaskMatch,
        TaskMatchCandidate,
    )

__all__ = [
    "APIConnectionError",
    "APIResponseValidationError",
    "APIStatusError",
    "APITimeoutError",
    "AsyncOpenAI",
    "AsyncPareta",
    "AsyncParetaOpenAI",
    "AuthenticationError",
    "BadRequestError",
    "Capability",
    "ConflictError",
    "DeployEvent",
    "DeploymentFailedError",
    "Endpoint",
    "EndpointNotReadyError",
    "InsufficientCreditsError",
    "InternalServerError",
    "Leaderboard",
    "LeaderboardEntry",
    "NotFoundError",
    "OpenAI",
    "Pareta",
    "ParetaError",
    "ParetaOpenAI",
    "PermissionDeniedError",
    "RateLimitError",
    "Task",
    "TaskMatch",
    "TaskMatchCandidate",
    "UnprocessableEntityError",
    "__version__",
]


def __getattr__(name: str) -> Any:
    # Looked up when asked for: the command line has parts that do without openai, and start quickly so.
    from importlib import import_module

    if name in __all__:
        for home in ("errors", "types", "client"):
            module = import_module(f".{home}", __name__)
            if hasattr(module, name):
                return globals().setdefault(name, getattr(module, name))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
