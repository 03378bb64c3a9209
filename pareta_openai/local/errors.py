"""What the local platform refuses, in its own words. No HTTP here: `app` says which status each one gets."""

from __future__ import annotations


class Refusal(Exception):
    """A request that is not carried out. The text is for the person who made it."""


class NotAcceptable(Refusal):
    """The request is well-formed JSON and still makes no sense."""


class UnknownKey(Refusal):
    """No organisation has this API key."""


class OutOfCredit(Refusal):
    """The organisation's balance is used up."""


class NotFound(Refusal):
    """No such endpoint, task or model for this organisation."""


class Conflict(Refusal):
    """The name is taken, or the thing may not be changed."""


class EndpointNotReady(Refusal):
    """The endpoint is stopped or starting; `retry_after` says in how many seconds to ask again."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class StateError(Exception):
    """The state file cannot be used: it is not one, or a newer version wrote it."""


class LocalExtraMissing(ImportError):
    """A package that only the local platform needs is not installed."""
