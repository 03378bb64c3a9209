"""A call of the control plane as data, so that sync and async say it once and differ in how they send it."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, Generic, TypedDict, TypeVar
from urllib.parse import quote

import anyio

from .. import _openai
from ._raw import RawMethods

if TYPE_CHECKING:
    import openai

    from ..client import AsyncParetaOpenAI, ParetaOpenAI
    from ..waiting import Wait

T = TypeVar("T")


class ExtraOptions(TypedDict, total=False):
    """What every method takes beside its own arguments, as openai's do."""

    extra_headers: Mapping[str, str] | None
    extra_query: Mapping[str, object] | None
    extra_body: Mapping[str, object] | None


class RequestOptions(ExtraOptions, total=False):
    """The same of a method that sends one request."""

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
    files: Mapping[str, tuple[str, Any, str]] | None = None
    """The parts of a multipart body that are files: name, content, media type."""
    read: Callable[[Any], T] | None = None
    """Turns what was parsed into what the method returns."""

    def arguments(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """For the client's method of the same name as the call's."""
        options = {**options, "extra_query": {**self.query, **(options.get("extra_query") or {})} or None}
        arguments: dict[str, Any] = {"cast_to": self.cast_to}
        if self.body is not None:
            arguments["body"] = self.body
        if self.files is not None:
            arguments["files"] = self.files
            options["extra_headers"] = {"Content-Type": "multipart/form-data", **(options.get("extra_headers") or {})}
        return {**arguments, "options": _openai.request_options(**options, read=self.read)}


def path(*parts: str) -> str:
    """`parts` as one path; raises `ValueError` for an empty one, which would reach another route."""
    for before, part in zip(("", *parts), parts, strict=False):
        if not isinstance(part, str) or not part.strip():
            raise ValueError(f"An id is needed behind {before}/, not {part!r}.")
    return "/" + "/".join(quote(part, safe="") for part in parts)


class SyncResource:
    """A namespace of a `ParetaOpenAI`."""

    def __init__(self, client: ParetaOpenAI) -> None:
        self._pareta = client

    @_openai.cached_property
    def with_raw_response(self) -> RawMethods:
        """The same methods, giving the raw response, with its headers; `.parse()` gives what they give."""
        return RawMethods(self, streaming=False)

    @_openai.cached_property
    def with_streaming_response(self) -> RawMethods:
        """The same methods, as context managers of a response whose body is not yet read."""
        return RawMethods(self, streaming=True)

    def _send(self, call: Call[T], options: Mapping[str, Any]) -> T:
        result: T = getattr(self._pareta, call.method)(call.path, **call.arguments(options))
        return result

    def _follow(self, steps: Generator[Call[Any], Any, T], options: Mapping[str, Any]) -> T:
        """Send the calls that `steps` yields, whose answers it is given, and return what it returns."""
        options = _openai.without_raw_header(options)
        try:
            call = next(steps)
            while True:
                call = steps.send(self._send(call, options))
        except StopIteration as end:
            result: T = end.value
            return result

    def _poll(self, call: Call[T], options: Mapping[str, Any], wait: Wait, is_done: Callable[[Any], bool]) -> T:
        """Send `call` again and again until `is_done`, which may raise; gives the last answer."""
        with wait.noting_interruption():
            while True:
                answer = self._send(call, options)
                parsed = parse_raw(answer)
                if is_done(parsed):
                    return answer
                time.sleep(wait.pause(parsed.status, self._pareta.base_url))


class AsyncResource:
    """A namespace of an `AsyncParetaOpenAI`."""

    def __init__(self, client: AsyncParetaOpenAI) -> None:
        self._pareta = client

    @_openai.cached_property
    def with_raw_response(self) -> RawMethods:
        """See `SyncResource.with_raw_response`."""
        return RawMethods(self, streaming=False)

    @_openai.cached_property
    def with_streaming_response(self) -> RawMethods:
        """See `SyncResource.with_streaming_response`."""
        return RawMethods(self, streaming=True)

    async def _send(self, call: Call[T], options: Mapping[str, Any]) -> T:
        result: T = await getattr(self._pareta, call.method)(call.path, **call.arguments(options))
        return result

    async def _follow(self, steps: Generator[Call[Any], Any, T], options: Mapping[str, Any]) -> T:
        """See `SyncResource._follow`."""
        options = _openai.without_raw_header(options)
        try:
            call = next(steps)
            while True:
                call = steps.send(await self._send(call, options))
        except StopIteration as end:
            result: T = end.value
            return result

    async def _poll(self, call: Call[T], options: Mapping[str, Any], wait: Wait, is_done: Callable[[Any], bool]) -> T:
        """See `SyncResource._poll`."""
        with wait.noting_interruption():
            while True:
                answer = await self._send(call, options)
                parsed = parse_raw(answer)
                if isawaitable(parsed):
                    parsed = await parsed
                if is_done(parsed):
                    return answer
                await anyio.sleep(wait.pause(parsed.status, self._pareta.base_url))


def parse_raw(answer: Any) -> Any:
    """What is in a raw response, awaitable where its body is still to be read; anything else as it is."""
    return answer.parse() if hasattr(answer, "http_response") else answer
