"""Compressed answers, which must not unpack to far more than was sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from importlib import import_module
from typing import Any

ACCEPTED = "gzip, deflate"
"""What unpacks at most to a thousand times its size. Of brotli, a few bytes make gigabytes before any look at them."""

_RATIO = 100
"""How many times its size an answer may unpack to: JSON that repeats itself comes to some thirty times."""
_FREE = 1024 * 1024
"""In bytes: so much may come of anything."""
_PIECE = 1024
"""In bytes: how much is unpacked between two looks at what has come of it."""


def limit_client(http: Any) -> None:
    """Have an HTTP client, if there is one, refuse answers that unpack to far more than was sent.

    It reads most of them whole before anything of ours sees them.
    """
    if http is None:
        return

    def check(response: Any) -> None:
        errors = import_module(type(response).__module__.partition(".")[0])
        _limit(response, lambda words: errors.DecodingError(words, request=response.request))

    async def async_check(response: Any) -> None:
        check(response)

    hooks = http.event_hooks
    hooks["response"].append(async_check if hasattr(http, "aclose") else check)
    http.event_hooks = hooks
    http.headers["Accept-Encoding"] = ACCEPTED


def _limit(response: Any, refusal: Callable[[str], Exception]) -> None:
    """Have whoever reads the body of `response` meet a `refusal`, of which this gives the words, where it goes on.

    Raises it where the body is compressed in a way that was not asked for, or more than once.
    """
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding in ("identity", ""):
        return
    asked_for = response.request.headers.get("accept-encoding", "").lower()
    if coding not in (name.partition(";")[0].strip() for name in asked_for.split(",")):
        raise refusal(f"An answer compressed as {coding[:40]!r}, where {asked_for!r} was asked for.")
    count = _Count(refusal)
    if hasattr(response.stream, "__aiter__"):
        response.aiter_raw = count.async_pieces(response.aiter_raw)
        response.aiter_bytes = count.async_unpacked(response.aiter_bytes)
    else:
        response.iter_raw = count.pieces(response.iter_raw)
        response.iter_bytes = count.unpacked(response.iter_bytes)


class _Count:
    """How much was read of one body, and what it has unpacked to."""

    def __init__(self, refusal: Callable[[str], Exception]) -> None:
        self._refusal = refusal
        self._packed = self._size = 0

    def _cut(self, part: bytes) -> Iterator[bytes]:
        for start in range(0, len(part), _PIECE):
            piece = part[start : start + _PIECE]
            self._packed += len(piece)
            yield piece

    def _add(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > _FREE + _RATIO * self._packed:
            raise self._refusal(f"A compressed answer that unpacks to more than {_RATIO} times its size.")

    def pieces(self, read: Callable[..., Iterator[bytes]]) -> Callable[..., Iterator[bytes]]:
        def parts(*args: Any, **kwargs: Any) -> Iterator[bytes]:
            for part in read(*args, **kwargs):
                yield from self._cut(part)

        return parts

    def unpacked(self, read: Callable[..., Iterator[bytes]]) -> Callable[..., Iterator[bytes]]:
        def parts(*args: Any, **kwargs: Any) -> Iterator[bytes]:
            for part in read(*args, **kwargs):
                self._add(part)
                yield part

        return parts

    def async_pieces(self, read: Callable[..., AsyncIterator[bytes]]) -> Callable[..., AsyncIterator[bytes]]:
        async def parts(*args: Any, **kwargs: Any) -> AsyncIterator[bytes]:
            async for part in read(*args, **kwargs):
                for piece in self._cut(part):
                    yield piece

        return parts

    def async_unpacked(self, read: Callable[..., AsyncIterator[bytes]]) -> Callable[..., AsyncIterator[bytes]]:
        async def parts(*args: Any, **kwargs: Any) -> AsyncIterator[bytes]:
            async for part in read(*args, **kwargs):
                self._add(part)
                yield part

        return parts
