"""Asks the upstream, over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from .model_server import Interrupted, ModelAnswer, ModelRequest, ModelServerDown
from .plain_transport import PlainTransport
from .scrubbing import Scrubber
from .upstream import Upstream

# A model may think for as long as it likes: it is the client that gives up.
_TIMEOUT = httpx.Timeout(None, connect=10.0).as_dict()
_RETRY_AFTER_SECONDS = 2
# What a client goes by when it retries. All else is about the upstream's connection, or its own business.
_PASSED_ON = ("content-type", "retry-after", "retry-after-ms", "x-should-retry")
_EVENT_END = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class UpstreamServer:
    """Used on one event loop."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._scrubber = Scrubber([upstream.api_key])
        self._url = httpx.URL(f"{upstream.base_url}/chat/completions")
        self._headers = {"content-type": "application/json", "accept-encoding": "identity"}
        if upstream.api_key is not None:
            self._headers["authorization"] = f"Bearer {upstream.api_key}"
        self._transport = _transport(upstream.url)

    @property
    def name(self) -> str:
        return self._upstream.host

    async def ask(self, request: ModelRequest) -> ModelAnswer:
        headers = dict(self._headers)
        if request.idempotency_key is not None:
            headers["idempotency-key"] = request.idempotency_key
        outgoing = httpx.Request(
            "POST", self._url, content=self._body(request.body), headers=headers, extensions={"timeout": _TIMEOUT}
        )
        try:
            response = await self._transport.handle_async_request(outgoing)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise ModelServerDown(
                f"The model server at {self._upstream.host} cannot be reached: {error}.",
                retry_after=_RETRY_AFTER_SECONDS,
            ) from None
        except httpx.TransportError as error:
            raise _interrupted(error) from None
        passed_on = {name: response.headers[name] for name in _PASSED_ON if name in response.headers}
        answer = ModelAnswer(response.status_code, passed_on, _parts(response), response.aclose)
        return answer if response.is_success else await self._without_key(answer)

    async def close(self) -> None:
        await self._transport.aclose()

    def _body(self, body: Mapping[str, Any]) -> bytes:
        sent = {**body, "model": self._upstream.model(body["model"])}
        if sent.get("stream"):
            # For the ledger. Who did not ask for it does not get it.
            sent["stream_options"] = {**(sent.get("stream_options") or {}), "include_usage": True}
        return json.dumps(sent, separators=(",", ":")).encode()

    async def _without_key(self, answer: ModelAnswer) -> ModelAnswer:
        """Some refusals quote the key that was wrong."""
        body = b"".join([part async for part in answer.parts])
        return replace(answer, parts=_one(self._scrubber.known(body)))


async def _parts(response: httpx.Response) -> AsyncIterator[bytes]:
    try:
        if not response.headers.get("content-type", "").startswith("text/event-stream"):
            yield await response.aread()
            return
        rest = b""
        async for received in response.aiter_bytes():
            *events, rest = _split(rest + received)
            for event in events:
                yield event
        if rest:
            yield rest
    except httpx.RequestError as error:
        raise _interrupted(error) from None
    finally:
        await response.aclose()


def _split(received: bytes) -> list[bytes]:
    """The events with their ends, and what is left."""
    parts = []
    start = 0
    for end in _EVENT_END.finditer(received):
        parts.append(received[start : end.end()])
        start = end.end()
    return [*parts, received[start:]]


async def _one(body: bytes) -> AsyncIterator[bytes]:
    yield body


def _transport(url: str) -> httpx.AsyncBaseTransport:
    """Not a client, which takes half as long again for cookies, redirects and the like."""
    proxy = _proxy(url)
    if proxy is None and url.startswith("http:"):
        return PlainTransport()
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    return httpx.AsyncHTTPTransport(limits=limits, proxy=proxy)


def _proxy(url: str) -> str | None:
    """From the environment. A proxy for the world outside has no way to this machine."""
    parts = urlsplit(url)
    if parts.hostname in _LOOPBACK or proxy_bypass(parts.netloc):
        return None
    proxies = getproxies()
    return proxies.get(parts.scheme) or proxies.get("all")


def _interrupted(error: httpx.RequestError) -> Interrupted:
    return Interrupted(was_reset=not isinstance(error, httpx.RemoteProtocolError))
