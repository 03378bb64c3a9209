"""The requests of an HTTP client, each of which is like the last but for its content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import openai

from . import _openai
from .transports import default_transport

if TYPE_CHECKING:
    from .transports import URL

_KEY = _openai.IDEMPOTENCY_HEADER.lower()
_PLAIN = frozenset({"content", "headers", "timeout"})
_BY_CALL = frozenset({_KEY, "content-length", "transfer-encoding"})
"""What is another header in each request, once."""


class _Kept(NamedTuple):
    """The last request that was built in full: what it was built of, and what came of that."""

    given: tuple[Any, ...]
    url: URL
    headers: Any
    timeout: dict[str, float | None]


class QuickRequests:
    """Mixed in before an HTTP client of openai's: the same headers and URL are not merged and parsed for each call."""

    _kept: _Kept | None = None

    if not TYPE_CHECKING:

        def build_request(self, method, url, **arguments):
            content, headers = arguments.get("content"), arguments.get("headers")
            beside = [name for name, value in arguments.items() if value is not None and name not in _PLAIN]
            key, others = _split(headers)
            is_plain = key and content and isinstance(content, bytes) and "timeout" in arguments and not beside
            if not is_plain or self.cookies or self.params or not _openai.is_fast():
                return super().build_request(method, url, **arguments)
            given = method, url, arguments["timeout"], others, self.headers.raw
            kept = self._kept
            if kept is None or kept.given != given:
                request = super().build_request(method, url, **arguments)
                if _BY_CALL.isdisjoint(name.lower() for part in others[1:] for name, _ in part):
                    # Without the request, which holds its content, and without what its hooks make of its headers.
                    kept_headers = type(request.headers)(request.headers)
                    self._kept = _Kept(given, request.url, kept_headers, request.extensions["timeout"].copy())
                return request
            transport = default_transport()
            request = transport.Request(
                method,
                kept.url,
                headers=kept.headers,
                stream=transport.ByteStream(content),
                extensions={"timeout": kept.timeout.copy()},
            )
            request.headers[_KEY] = key
            request.headers["Content-Length"] = str(len(content))
            request.read()
            return request


def _split(headers: Any) -> tuple[str | None, Any]:
    """The idempotency key, its place and the headers on either side of it; no key where they are given in another way
    than openai 3 does.
    """
    if isinstance(headers, list):
        for place, (name, value) in enumerate(headers):
            if name == _KEY:
                return value, (place, headers[:place], headers[place + 1 :])
    return None, headers


class HttpClient(QuickRequests, openai.DefaultHttpxClient):
    """openai's default of a sync client."""

    def __del__(self) -> None:
        # As openai's: nobody else is left to do so.
        if not self.is_closed:
            self.close()
