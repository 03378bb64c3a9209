"""An ``openai.OpenAI`` that knows Pareta.

from pareta_openai import OpenAI

client = OpenAI()  # PARETA_API_KEY, and PARETA_BASE_URL where it is not production
client.chat.completions.create(model="ep_contract_kie", messages=[...])
client.endpoints.deploy(task="contract-key-fields", wait=True)

What openai has and this package has not is openai's own, so that `import pareta_openai as openai` will do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from .adopt.installing import Installation, install
    from .adopt.wrapping import wrap
    from .client import (
        AsyncClient,
        AsyncOpenAI,
        AsyncPareta,
        AsyncParetaOpenAI,
        Client,
        OpenAI,
        Pareta,
        ParetaOpenAI,
    )
    from .errors import (
        APIConnectionError,
        APIError,
        APIResponseValidationError,
        APIStatusError,
        APITimeoutError,
        AuthenticationError,
        BadRequestError,
        ConflictError,
        DeploymentFailedError,
        EndpointNotReadyError,
        IncompleteStreamError,
        InsufficientCreditsError,
        InternalServerError,
        NotFoundError,
        ParetaError,
        PermissionDeniedError,
        RateLimitError,
        UnknownModelError,
        UnprocessableEntityError,
        UnsupportedOnParetaError,
        UploadFailedError,
        WaitTimeoutError,
    )
    from .going_over import WentOver
    from .openai_data import OpenAIRows, SkippedLine, evals_from_openai
    from .openai_names import *  # noqa: F403 - first: what is ours as well is ours
    from .resources.chat_stream import AsyncChatStream, ChatStream
    from .resources.deploy_stream import AsyncDeployStream, DeployStream
    from .resources.models import Model, ModelList
    from .shadowing import Shadow
    from .types import (
        Capability,
        DeployEvent,
        Endpoint,
        EndpointActivity,
        EndpointCost,
        EndpointMetrics,
        EndpointPerformance,
        EndpointQuality,
        EndpointUptime,
        EvalItemResult,
        EvalResult,
        EvalRun,
        EvalSet,
        FrontierModel,
        Leaderboard,
        LeaderboardEntry,
        Task,
        TaskMatch,
        TaskMatchCandidate,
        UploadedDocument,
    )
    from .types.chat import ChatCompletion, ChatCompletionChunk, Choice, Message, Usage

__all__ = [
    "APIConnectionError",
    "APIError",
    "APIResponseValidationError",
    "APIStatusError",
    "APITimeoutError",
    "AsyncChatStream",
    "AsyncClient",
    "AsyncDeployStream",
    "AsyncOpenAI",
    "AsyncPareta",
    "AsyncParetaOpenAI",
    "AuthenticationError",
    "BadRequestError",
    "Capability",
    "ChatCompletion",
    "ChatCompletionChunk",
    "ChatStream",
    "Choice",
    "Client",
    "ConflictError",
    "DeployEvent",
    "DeployStream",
    "DeploymentFailedError",
    "Endpoint",
    "EndpointActivity",
    "EndpointCost",
    "EndpointMetrics",
    "EndpointNotReadyError",
    "EndpointPerformance",
    "EndpointQuality",
    "EndpointUptime",
    "EvalItemResult",
    "EvalResult",
    "EvalRun",
    "EvalSet",
    "FrontierModel",
    "IncompleteStreamError",
    "Installation",
    "InsufficientCreditsError",
    "InternalServerError",
    "Leaderboard",
    "LeaderboardEntry",
    "Message",
    "Model",
    "ModelList",
    "NotFoundError",
    "OpenAI",
    "OpenAIRows",
    "Pareta",
    "ParetaError",
    "ParetaOpenAI",
    "PermissionDeniedError",
    "RateLimitError",
    "Shadow",
    "SkippedLine",
    "Task",
    "TaskMatch",
    "TaskMatchCandidate",
    "UnknownModelError",
    "UnprocessableEntityError",
    "UnsupportedOnParetaError",
    "UploadFailedError",
    "UploadedDocument",
    "Usage",
    "WaitTimeoutError",
    "WentOver",
    "__version__",
    "evals_from_openai",
    "install",
    "wrap",
]

# Where they are, the cheapest to import first.
_HOMES = (
    "adopt.installing",
    "errors",
    "client",
    "types",
    "openai_data",
    "going_over",
    "shadowing",
    "types.chat",
    "resources.models",
    "resources.chat_stream",
    "resources.deploy_stream",
    "adopt.wrapping",
)


# Of ours and of openai's: what ours have not is looked up in openai's.
_SHARED = ("types", "resources")


def __getattr__(name: str) -> Any:
    # Looked up when asked for: the command line has parts that do without openai, and start quickly so.
    from importlib import import_module
    from importlib.util import find_spec

    if name in __all__:
        for home in _HOMES:
            module = import_module(f".{home}", __name__)
            if hasattr(module, name):
                return globals().setdefault(name, getattr(module, name))
    if name in _SHARED:
        return import_module(f".{name}", __name__)
    # The import system asks here before it imports a module of ours.
    if not name.startswith("_") and find_spec(f"{__name__}.{name}") is None:
        try:
            return import_module(".module_level", __name__).serve(name)
        except AttributeError:
            """Of openai, which has no such name."""
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    from importlib import import_module

    return sorted({*globals(), *__all__, *_SHARED, *import_module(".module_level", __name__).names()})
