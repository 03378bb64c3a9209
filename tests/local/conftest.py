"""A running platform, a tenant for each test, and plain HTTP to call it with."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from pareta_openai.local import LocalPlatform


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def detail(self) -> Any:
        return self.json()["detail"]

    def events(self) -> list[tuple[str, Any]]:
        """Of named-event SSE."""
        frames = [frame.split("\n") for frame in self.body.decode().split("\n\n") if frame]
        return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in frames]


class Caller:
    def __init__(self, base_url: str, api_key: str | None) -> None:
        self.base_url = base_url
        self._key = api_key

    def __call__(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        """`body` is sent as JSON unless it is bytes."""
        all_headers = {"Content-Type": "application/json", **(headers or {})}
        if self._key is not None:
            all_headers.setdefault("Authorization", f"Bearer {self._key}")
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        connection = self.connect()
        try:
            connection.request(method, path, body=body, headers=all_headers)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(urlsplit(self.base_url).netloc, timeout=30)

    def chat(self, text: str = "hello", *, model: str = "auto", key: str | None = None, **fields: Any) -> Answer:
        headers = {} if key is None else {"Idempotency-Key": key}
        body = {"model": model, "messages": [{"role": "user", "content": text}], **fields}
        return self("POST", "/v1/chat/completions", body, headers)

    def deploy(self, task: str = "contract-key-fields", *, key: str | None = None, **fields: Any) -> Answer:
        headers = {} if key is None else {"Idempotency-Key": key}
        return self("POST", "/v1/endpoints", {"task": task, **fields}, headers)


@pytest.fixture(scope="session")
def platform():
    with LocalPlatform() as platform:
        yield platform


@pytest.fixture
def organisation(platform):
    """Has one live endpoint, ``ep_contract_key_fields_1``, and $5.00."""
    return platform.create_organisation(endpoints=("contract-key-fields",))


@pytest.fixture
def call(platform, organisation):
    """Calls the platform as `organisation`."""
    return Caller(platform.base_url, organisation.api_key)


@pytest.fixture(scope="session")
def caller():
    """For calls to another platform, or with another key."""
    return Caller


@pytest.fixture(scope="session")
def slow_platform():
    """Endpoints take a minute to become live."""
    with LocalPlatform(deploy_seconds=60) as platform:
        yield platform
