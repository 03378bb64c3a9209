"""What `pareta_openai` raises in each cell: the same for a fault on every path, but for what is listed by path."""

from __future__ import annotations

# On every path that the fault applies to.
BY_FAULT = {
    "400": "BadRequestError",
    "401": "AuthenticationError",
    "402": "InsufficientCreditsError",
    "403": "PermissionDeniedError",
    "404": "NotFoundError",
    "409": "ConflictError",
    "422": "UnprocessableEntityError",
    "429": "RateLimitError",
    "429 by a clock an hour ahead": "RateLimitError",
    "500": "InternalServerError",
    "503": "EndpointNotReadyError",
    "a proxy's page, 502": "InternalServerError",
    "a proxy's page, 200": "APIResponseValidationError",
    "nothing, 200": "APIResponseValidationError",
    "JSON cut short": "APIResponseValidationError",
    # Nothing is wrong with the answer: it is what one gets.
    "a clock an hour ahead": "a value",
    "the request read slowly": "a value",
    "dropped before the answer": "APIConnectionError",
    "reset before the answer": "APIConnectionError",
    "billed, then dropped": "APIConnectionError",
    "dropped after 50 events": "APIConnectionError",
    "dropped after 1 event": "APIConnectionError",
    "reset after 1 event": "APIConnectionError",
    "ended without its end": "IncompleteStreamError",
    "402 within the stream": "InsufficientCreditsError",
    "an error within the stream": "APIError",
}

# A deploy's own error event says that it failed, and a deploy that ends early has.
_DEPLOY = {
    "ended without its end": "DeploymentFailedError",
    "402 within the stream": "DeploymentFailedError",
    "an error within the stream": "DeploymentFailedError",
}

BY_PATH = {
    "deploy stream": _DEPLOY,
    "deploy, wait=True": _DEPLOY,
    # The storage is no part of the platform: its answer is a status and no body.
    "upload, signed URL": {
        **dict.fromkeys(("400", "401", "402", "403", "404", "409", "422", "429", "500", "503"), "UploadFailedError"),
        "429 by a clock an hour ahead": "UploadFailedError",
        "a proxy's page, 502": "UploadFailedError",
        # The platform then finds that nothing was uploaded.
        "a proxy's page, 200": "BadRequestError",
        "nothing, 200": "BadRequestError",
    },
}


def expected(fault: str, path: str) -> str:
    return BY_PATH.get(path, {}).get(fault, BY_FAULT[fault])
