"""What a fault does to an answer, and which requests can meet it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from .errors import NotAcceptable
from .operations import DEPLOY, Operation


@dataclass(frozen=True)
class Instead:
    """Answer with this, and do not carry the request out. `skew` is that of the clock, in seconds, where it has one."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    skew: float | None = None


@dataclass(frozen=True)
class Late:
    """The answer, with pauses in seconds."""

    before_headers: float
    before_first_event: float
    between_events: float


@dataclass(frozen=True)
class Slow:
    """The request's body is read at this pace."""

    bytes_per_second: float


@dataclass(frozen=True)
class Skewed:
    """The answer, by a clock that is so many seconds ahead."""

    seconds: float


@dataclass(frozen=True)
class Cut:
    """Half of the answer's JSON, as a whole answer."""


@dataclass(frozen=True)
class Broken:
    """The answer up to a point, and `how` it goes on from there.

    The point is before everything where neither of the others is given. Where the request is not `carried_out`, it is
    before the work.
    """

    how: Literal["fin", "rst", "end", "error", "stall"]
    carried_out: bool = True
    after_events: int | None = None
    after_bytes: int | None = None
    at_event: str | None = None
    error: Mapping[str, Any] | None = None

    @property
    def breaks_stream(self) -> bool:
        return self.after_events is not None or self.at_event is not None


Action: TypeAlias = "Instead | Late | Slow | Skewed | Cut | Broken"


@dataclass(frozen=True)
class Fault:
    """What the functions of `pareta_openai.local.faults` return. `document` is how it is said in JSON."""

    document: Mapping[str, Any]
    action: Action

    @property
    def needs_answer(self) -> bool:
        """Whether the request is carried out."""
        return not isinstance(self.action, Instead) and (not isinstance(self.action, Broken) or self.action.carried_out)

    def require_fit(self, operation: Operation) -> None:
        """Raises `NotAcceptable` where no request for `operation` could ever meet this."""
        if self._needs_deploy and operation.id != DEPLOY:
            raise NotAcceptable(f"{self} waits for an event of a deploy, and {operation.id} has none.")
        if self._needs_stream and not operation.streams:
            raise NotAcceptable(f"{self} needs a stream, and {operation.id} is never answered with one.")
        if self.is_of_body and not operation.takes_body:
            raise NotAcceptable(f"{self} needs a request with a body, and {operation.id} has none.")
        if self._needs_json and not operation.answers_json:
            raise NotAcceptable(f"{self} needs an answer in JSON, and {operation.id} has none.")

    def fits(self, operation: Operation, *, streams: bool) -> bool:
        """Whether a request for `operation` meets this, where its answer is a stream or is not."""
        if self._needs_deploy:
            return operation.id == DEPLOY
        if self._needs_stream:
            return streams
        if self.is_of_body:
            return operation.takes_body
        return not self._needs_json or (operation.answers_json and not streams)

    @property
    def is_of_body(self) -> bool:
        """Whether it is met while the request's body is read, and not after."""
        return isinstance(self.action, Slow)

    def __str__(self) -> str:
        arguments = ", ".join(f"{name}={value!r}" for name, value in self.document.items() if name != "fault")
        return f"{self.document['fault']}({arguments})"

    @property
    def _needs_deploy(self) -> bool:
        return isinstance(self.action, Broken) and self.action.at_event is not None

    @property
    def _needs_stream(self) -> bool:
        if isinstance(self.action, Late):
            return self.action.before_first_event > 0 or self.action.between_events > 0
        return isinstance(self.action, Broken) and self.action.breaks_stream

    @property
    def _needs_json(self) -> bool:
        return isinstance(self.action, Cut)
