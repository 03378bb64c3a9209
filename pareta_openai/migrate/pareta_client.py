"""What Pareta's own ``pareta`` client has, 0.x and 1.x to 3.x, and what of it is here."""

from __future__ import annotations

SAME = frozenset(
    [
        "APIConnectionError",
        "APIStatusError",
        "APITimeoutError",
        "AsyncPareta",
        "AuthenticationError",
        "BadRequestError",
        "Capability",
        "ChatCompletion",
        "ChatCompletionChunk",
        "Choice",
        "ConflictError",
        "Endpoint",
        "EndpointNotReadyError",
        "EvalItemResult",
        "EvalResult",
        "EvalRun",
        "EvalSet",
        "FrontierModel",
        "InsufficientCreditsError",
        "Leaderboard",
        "LeaderboardEntry",
        "Message",
        "Model",
        "ModelList",
        "NotFoundError",
        "Pareta",
        "ParetaError",
        "PermissionDeniedError",
        "RateLimitError",
        "Task",
        "TaskMatch",
        "TaskMatchCandidate",
        "Usage",
        "__version__",
    ]
)
"""Names that pareta_openai has too."""

WITHOUT_COUNTERPART = frozenset(
    [
        "ContractProposal",
        "Embeddings",
        "ImageGeneration",
        "ProposalResult",
        "Rerank",
        "RerankResult",
        "Speech",
        "Transcription",
    ]
)
"""Names of the newer client that pareta_openai has not."""

TOOLS = ("pareta.cli", "pareta.mcp_server")
"""Programs that come with ``pareta`` and stay there."""
