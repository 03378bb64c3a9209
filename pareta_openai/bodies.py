"""The bodies of answers: who reads one meets no exception of the transport's, and leaves its connection usable."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import anyio
import openai

from .transports import hurried_reads, transport_errors

if TYPE_CHECKING:
    from .transports import Response


def body_errors() -> tuple[type[Exception], ...]:
    """What a guarded body raises, and the transport while it decompresses one, which no guard sees."""
    return (openai.APIConnectionError, *transport_errors())


def guard_body(response: Any, translate: Callable[[Exception], Exception]) -> None:
    """Make whoever reads the body of `response` meet `translate`'s exceptions in place of the transport's.

    All that the transport has for reading a body goes through one of these, by its name on the response.
    """

    def guarded(read: Callable[..., Any]) -> Callable[..., Any]:
        def parts(*args: Any, **kwargs: Any) -> Iterator[bytes]:
            try:
                yield from read(*args, **kwargs)
            except transport_errors() as error:
                raise translate(error) from error

        return parts

    def async_guarded(read: Callable[..., Any]) -> Callable[..., Any]:
        async def parts(*args: Any, **kwargs: Any) -> AsyncIterator[bytes]:
            reader = read(*args, **kwargs)
            try:
                async for part in reader:
                    yield part
            except transport_errors() as error:
                raise translate(error) from error
            finally:
                await end_reading(reader)

        return parts

    is_async = hasattr(response.stream, "__aiter__")
    for name in ("aiter_raw", "aiter_bytes") if is_async else ("iter_raw", "iter_bytes"):
        setattr(response, name, (async_guarded if is_async else guarded)(getattr(response, name)))


async def end_reading(reader: Any) -> None:
    """Close an async generator that was left in the middle, so that no event loop finds it unfinished.

    One that another task waits for is left to it.
    """
    if not getattr(reader, "ag_running", False):
        await reader.aclose()


_CHARSETS = """us-ascii ascii latin-1 iso-8859-1 iso-8859-2 iso-8859-5 iso-8859-7 iso-8859-9 iso-8859-15 windows-1250
windows-1251 windows-1252 windows-1253 windows-1254 windows-1257 koi8-r koi8-u shift_jis euc-jp euc-kr gbk gb2312
gb18030 big5 utf-8"""
TEXT_CHARSETS = frozenset(_CHARSETS.split())
"""What a body is decoded by, where it says so. Python has codecs that fail on most texts, or decode none."""


def ensure_charset(response: Any) -> None:
    """Have a body taken for UTF-8 unless it names another of `TEXT_CHARSETS`.

    The transport takes a codec that fails for good, and takes seconds to look through a header that is made for it.
    """
    content_type = response.headers.get("content-type", "").lower()
    named = re.search(r"charset=[\"']?([\w-]+)", content_type)
    if named or len(content_type) > 100:
        with suppress(ValueError):  # a hook of the caller's has read the text before
            response.encoding = named[1] if named and named[1] in TEXT_CHARSETS else "utf-8"


_PATIENCE = 0.1
"""Seconds to wait for the end of a body that has nothing more to say, as openai 3.54 does."""


def read_rest(response: Response, body: Iterator[bytes]) -> None:
    """Go to the end of a body that has nothing more to say: only then is its connection used again."""
    until = time.monotonic() + _PATIENCE
    with suppress(*body_errors()), hurried_reads(response, _PATIENCE) as is_hurried:
        while is_hurried and time.monotonic() < until and next(body, None) is not None:
            pass


async def async_read_rest(response: Response, body: AsyncIterator[bytes]) -> None:
    """See `read_rest`."""
    if response.http_version != "HTTP/1.1":
        return
    with suppress(*body_errors()), anyio.move_on_after(_PATIENCE):
        async for _ in body:
            pass
