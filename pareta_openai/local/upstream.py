"""A model server to send inference through: vLLM, llama.cpp, Ollama, OpenAI, or another that speaks as they do."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .model_server import Interrupted, ModelAnswer, ModelRequest, ModelServerDown

if TYPE_CHECKING:
    import httpx

ANY = "*"

_CONNECT_SECONDS = 10.0
_RETRY_AFTER_SECONDS = 2
# What a client goes by when it retries. All else is about the upstream's connection, or its own business.
_PASSED_ON = ("content-type", "retry-after", "retry-after-ms", "x-should-retry")
_EVENT_END = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class Upstream:
    """`url` may end in ``/v1`` or not.

    `models` has the upstream's name for each alias (`contract-kie-1`, or ``auto``); ``*`` is every other one. An alias
    that is not there is sent as it is. Raises `ValueError` for a `url` that is none.
    """

    url: str
    models: Mapping[str, str] = field(default_factory=dict)
    api_key: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"An upstream is a URL such as http://127.0.0.1:8000/v1, not {self.url!r}.")
        if parts.username or parts.password:
            raise ValueError("An upstream's URL holds no password: give the key as api_key.")
        if self.api_key is not None and not (self.api_key.isascii() and self.api_key.isprintable() and self.api_key):
            raise ValueError("The upstream's key has characters that no header can hold, or is empty.")

    @property
    def base_url(self) -> str:
        """With ``/v1``."""
        url = self.url.rstrip("/")
        return url if url.endswith("/v1") else f"{url}/v1"

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    def model(self, alias: str) -> str:
        return self.models.get(alias) or self.models.get(ANY) or alias


class UpstreamServer:
    """Used on one event loop. Raises `ModuleNotFoundError` without httpx."""

    def __init__(self, upstream: Upstream) -> None:
        import httpx

        self._upstream = upstream
        self._url = f"{upstream.base_url}/chat/completions"
        self._headers = {"content-type": "application/json", "accept-encoding": "identity"}
        if upstream.api_key is not None:
            self._headers["authorization"] = f"Bearer {upstream.api_key}"
        self._client = httpx.AsyncClient(
            # A model may think for as long as it likes: it is the client that gives up.
            timeout=httpx.Timeout(None, connect=_CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=None),
            # Certificates take longer to load than the rest of the platform.
            verify=upstream.url.startswith("https:"),
            # A proxy for the world outside has no way to this machine.
            trust_env=urlsplit(upstream.url).hostname not in _LOOPBACK,
        )

    @property
    def name(self) -> str:
        return self._upstream.host

    async def ask(self, request: ModelRequest) -> ModelAnswer:
        import httpx

        headers = dict(self._headers)
        if request.idempotency_key is not None:
            headers["idempotency-key"] = request.idempotency_key
        outgoing = self._client.build_request("POST", self._url, content=self._body(request.body), headers=headers)
        try:
            response = await self._client.send(outgoing, stream=True)
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
        await self._client.aclose()

    def _body(self, body: Mapping[str, Any]) -> bytes:
        sent = {**body, "model": self._upstream.model(body["model"])}
        if sent.get("stream"):
            # For the ledger. Who did not ask for it does not get it.
            sent["stream_options"] = {**(sent.get("stream_options") or {}), "include_usage": True}
        return json.dumps(sent, separators=(",", ":")).encode()

    async def _without_key(self, answer: ModelAnswer) -> ModelAnswer:
        """Some refusals quote the key that was wrong."""
        body = b"".join([part async for part in answer.parts])
        if self._upstream.api_key is not None:
            body = body.replace(self._upstream.api_key.encode(), "…".encode())
        return ModelAnswer(answer.status, answer.headers, _one(body), answer.close)


async def _parts(response: httpx.Response) -> AsyncIterator[bytes]:
    import httpx

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
    except httpx.TransportError as error:
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


def _interrupted(error: httpx.TransportError) -> Interrupted:
    import httpx

    return Interrupted(was_reset=not isinstance(error, httpx.RemoteProtocolError))
