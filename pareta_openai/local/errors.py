"""What the local platform refuses, in its own words. No HTTP here: `app` says which status each one gets."""

from __future__ import annotations


class Refusal(Exception):
    """A request that is not carried out. The text is for the person who made it."""


class NotAcceptable(Refusal):
    """The request is well-formed JSON and still makes no sense."""


class NoReplyLeft(NotAcceptable):
    """Replies were scripted, and none of those that are left fits this call."""


class NotRecorded(NotAcceptable):
    """Answers come from a recording, and this request is not in it."""


class UnknownKey(Refusal):
    """No organisation has this API key."""


class OutOfCredit(Refusal):
    """The organisation's balance is used up, or does not cover what was asked for."""


class NotAllowed(Refusal):
    """The address is known, and what was asked of it may not be done."""


class NotFound(Refusal):
    """No such endpoint, task, model, eval set or run for this organisation."""


class Conflict(Refusal):
    """The name is taken, the thing may not be changed, or another request is just making it."""


class TooLarge(Refusal):
    """More bytes than this way of sending them takes."""


class EndpointNotReady(Refusal):
    """The endpoint is stopped, starting or failed; `retry_after` says in how many seconds to ask again."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class StateError(Exception):
    """The state file cannot be used: it is not one, or a newer version wrote it."""


class RecordingError(Exception):
    """The file of a recording cannot be used: it is not one, it is damaged, or a newer version wrote it."""


class LocalExtraMissing(ImportError):
    """A package that only the local platform needs is not installed."""
