"""What a chat completion is passed on to where a model answers it: a server, or a recording of one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from .errors import EndpointNotReady


@dataclass(frozen=True)
class ModelRequest:
    """A chat completion's `body`, whose `model` is Pareta's name for it: an alias, or ``auto``."""

    organisation_id: str
    body: Mapping[str, Any]
    idempotency_key: str | None


@dataclass(frozen=True)
class ModelAnswer:
    """`parts` are the events of an event stream, each with the empty line that ends it, and of anything else the body.

    They raise `Interrupted` where they end early. `close` gives up what is left of them.
    """

    status: int
    headers: Mapping[str, str]
    parts: AsyncIterator[bytes]
    close: Callable[[], Awaitable[None]]

    @property
    def is_stream(self) -> bool:
        return self.headers.get("content-type", "").startswith("text/event-stream")


class ModelServer(Protocol):
    @property
    def name(self) -> str:
        """What people know it by."""
        ...

    async def ask(self, request: ModelRequest) -> ModelAnswer:
        """The answer, whatever its status, as soon as its head is there.

        Raises `Interrupted` where the connection ends before, and `ModelServerDown` where there is none.
        """
        ...

    async def close(self) -> None: ...


class Interrupted(Exception):
    """The connection to the model ended within an answer, or before it."""

    def __init__(self, *, was_reset: bool) -> None:
        super().__init__("The connection to the model server broke off.")
        self.was_reset = was_reset


class ModelServerDown(EndpointNotReady):
    """Nobody answers where the model server should be."""
