"""A call of the control plane as data, so that sync and async say it once and differ in how they send it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypedDict, TypeVar
from urllib.parse import quote

from .. import _openai

if TYPE_CHECKING:
    import openai

    from ..client import AsyncParetaOpenAI, ParetaOpenAI

T = TypeVar("T")


class RequestOptions(TypedDict, total=False):
    """What every method takes beside its own arguments, as openai's do."""

    extra_headers: Mapping[str, str] | None
    extra_query: Mapping[str, object] | None
    extra_body: Mapping[str, object] | None
    timeout: float | openai.Timeout | None
    """In seconds, for this call."""


@dataclass(frozen=True)
class Call(Generic[T]):
    """One request, and what its answer is read as."""

    method: str
    path: str
    cast_to: Any
    """What openai parses the answer into."""
    body: Mapping[str, object] | None = None
    query: Mapping[str, object] = field(default_factory=dict)
    read: Callable[[Any], T] | None = None
    """Turns what was parsed into what the method returns."""

    def arguments(self, options: RequestOptions) -> dict[str, Any]:
        """For the client's method of the same name as the call's."""
        query = {**self.query, **(options.get("extra_query") or {})}
        everything: dict[str, Any] = {**options, "extra_query": query or None, "read": self.read}
        sent = _openai.request_options(**everything)
        arguments: dict[str, Any] = {"cast_to": self.cast_to, "options": sent}
        if self.body is not None:
            arguments["body"] = self.body
        return arguments


def path(*parts: str) -> str:
    """`parts` as one path; raises `ValueError` for an empty one, which would reach another route."""
    for before, part in zip(("", *parts), parts, strict=False):
        if not isinstance(part, str) or not part.strip():
            raise ValueError(f"An id is needed behind {before}/, not {part!r}.")
    return "/" + "/".join(quote(part, safe="") for part in parts)


class SyncResource:
    """A namespace of a `ParetaOpenAI`."""

    def __init__(self, client: ParetaOpenAI) -> None:
        self._client = client

    def _send(self, call: Call[T], options: RequestOptions) -> T:
        result: T = getattr(self._client, call.method)(call.path, **call.arguments(options))
        return result


class AsyncResource:
    """A namespace of an `AsyncParetaOpenAI`."""

    def __init__(self, client: AsyncParetaOpenAI) -> None:
        self._client = client

    async def _send(self, call: Call[T], options: RequestOptions) -> T:
        result: T = await getattr(self._client, call.method)(call.path, **call.arguments(options))
        return result
