"""The seam to httpx and httpx2, openai's transports: both are named, and touched beyond their methods, here alone.

openai 3 brings httpx2 where 1 and 2 brought httpx. What is relied on is public in both, but for one thing: a network
stream's `read` is replaced, so that the end of a body is waited for briefly. Where it cannot be, a connection whose
body has not ended is closed and not used again.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from typing import TYPE_CHECKING, Any

import openai

if TYPE_CHECKING:
    # Types alone: at run time nothing of these is touched.
    from httpx2 import URL as URL
    from httpx2 import Request as Request
    from httpx2 import Response as Response


def _transports() -> list[Any]:
    """openai 3 takes clients of httpx too, so a response may be of either."""
    return [sys.modules[name] for name in ("httpx", "httpx2") if name in sys.modules]


def request_errors() -> tuple[type[Exception], ...]:
    """What the transport raises where a request fails. They know their request."""
    return tuple(transport.RequestError for transport in _transports())


def default_transport() -> Any:
    """The one that openai itself uses."""
    bases = (base.__module__.partition(".")[0] for base in openai.DefaultHttpxClient.__mro__)
    return sys.modules[next(base for base in bases if base in ("httpx", "httpx2"))]


def transport_errors() -> tuple[type[Exception], ...]:
    """What reading a response's body raises when the connection fails."""
    return (OSError, *request_errors())


def decoding_errors() -> tuple[type[Exception], ...]:
    """Those of `request_errors` that mean that a compressed body cannot be unpacked."""
    return tuple(transport.DecodingError for transport in _transports())


def transport_timeouts() -> tuple[type[Exception], ...]:
    """Those of `transport_errors` that mean that nothing came for too long."""
    return tuple(transport.TimeoutException for transport in _transports())


def is_about_an_address(error: Exception) -> bool:
    """Whether the transport failed at where it was redirected to, and said so in none of its own classes."""
    within = getattr(error, "exceptions", None)  # anyio has tried several addresses
    if within:
        return all(map(is_about_an_address, within))
    return isinstance(error, address_errors())


def address_errors() -> tuple[type[Exception], ...]:
    """What comes of a URL that nothing can be sent to: a port of 99999, a host without a name."""
    return (ValueError, OverflowError, *(transport.InvalidURL for transport in _transports()))


def request_for(client: Any, method: str, path: str) -> Any:
    """A request of the transport's, for an error about one that was not sent."""
    module = type(client.base_url).__module__.partition(".")[0]
    return import_module(module).Request(method, str(client.base_url).rstrip("/") + path)


def not_found(request: Any) -> Any:
    """A 404 to `request`, for an error about one that was not sent."""
    return import_module(type(request).__module__.partition(".")[0]).Response(404, request=request)


def replace_content(response: Any, content: bytes, media_type: str) -> Any:
    """A response like `response`, with other content."""
    of_the_body = ("content-type", "content-length", "content-encoding", "transfer-encoding")
    headers = [(name, value) for name, value in response.headers.multi_items() if name not in of_the_body]
    headers.append(("content-type", media_type))
    made = type(response)(response.status_code, headers=headers, content=content, request=response.request)
    made.elapsed = response.elapsed
    return made


def broken_connection(error: Exception, request: Any) -> Exception:
    """`error` of the transport's as one that says that the other side has hung up."""
    module = sys.modules[type(error).__module__.partition(".")[0]]
    broken: Exception = module.RemoteProtocolError(str(error) or "The server hung up.", request=request)
    return broken


def drop_unsendable_cookies(http: Any) -> None:
    """Of those that a server has set, the ones that are no ASCII, which the transport takes and cannot send."""
    jar = http.cookies.jar
    for cookie in list(jar):
        if not f"{cookie.name}{cookie.value}".isascii():
            jar.clear(cookie.domain, cookie.path, cookie.name)


_read_timeout: ContextVar[float | None] = ContextVar("_read_timeout", default=None)
"""In seconds, in place of the one that a body's request was sent with."""


@contextmanager
def hurried_reads(response: Response, seconds: float) -> Iterator[bool]:
    """Within this, a read of the connection under `response` waits so long at most; whether that can be had."""
    token = _read_timeout.set(seconds)
    try:
        yield _can_be_hurried(response)
    finally:
        _read_timeout.reset(token)


def _can_be_hurried(response: Response) -> bool:
    """Have reads of the connection under `response` mind `_read_timeout`, and say whether they do.

    The transport asks for a request's timeouts once, when it begins with the body, so that they cannot be changed.
    HTTP/2 has many bodies on a connection, and keeps it when one of them is closed.
    """
    connection: Any = response.extensions.get("network_stream")
    read = getattr(connection, "read", None)
    if response.http_version != "HTTP/1.1" or read is None:
        return False
    if getattr(read, "can_be_hurried", False):
        return True

    def hurried(size: int, timeout: float | None = None) -> bytes:
        hurry = _read_timeout.get()
        data: bytes = read(size, timeout=timeout if hurry is None else hurry)
        return data

    hurried.can_be_hurried = True  # type: ignore[attr-defined]  # pyright: ignore[reportFunctionMemberAccess]
    try:
        # For good: when the body has ended, another thread may be using the connection already.
        connection.read = hurried
    except AttributeError:
        return False
    return True
