"""A running platform, a tenant for each test, and plain HTTP to call it with."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
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
        self.api_key = api_key

    def __call__(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        connection, response = self.open(method, path, body, headers)
        with closing(connection):
            return Answer(response.status, response.headers, response.read())

    def open(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        """A response of which only the head was read. `body` is sent as JSON unless it is bytes or an iterator."""
        all_headers = {"Content-Type": "application/json", **(headers or {})}
        if self.api_key is not None:
            all_headers.setdefault("Authorization", f"Bearer {self.api_key}")
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
        connection = self.connect()
        try:
            connection.request(method, path, body=body, headers=all_headers)
            return connection, connection.getresponse()
        except BaseException:
            connection.close()
            raise

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(urlsplit(self.base_url).netloc, timeout=30)

    def chat(self, text: str = "hello", *, model: str = "auto", key: str | None = None, **fields: Any) -> Answer:
        headers = {} if key is None else {"Idempotency-Key": key}
        body = {"model": model, "messages": [{"role": "user", "content": text}], **fields}
        return self("POST", "/v1/chat/completions", body, headers)

    def form(
        self,
        path: str,
        fields: dict[str, Any],
        files: dict[str, tuple[bytes, str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """POSTs ``multipart/form-data``; a file is its bytes and their type."""
        parts = [(f'name="{name}"', str(value).encode()) for name, value in fields.items()]
        for name, (content, kind) in (files or {}).items():
            parts.append((f'name="{name}"; filename="{name}.bin"\r\nContent-Type: {kind}', content))
        body = b"".join(
            f"--limit\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n"
            for head, content in parts
        )
        content_type = {"Content-Type": "multipart/form-data; boundary=limit"}
        return self("POST", path, body + b"--limit--\r\n", {**content_type, **(headers or {})})

    def upload(
        self, rows: list[Any] | bytes, *, task: str = "contract-key-fields", key: str | None = None, **fields: Any
    ) -> Answer:
        """An eval set; `rows` that are bytes are sent as they are."""
        items = rows if isinstance(rows, bytes) else b"".join(json.dumps(row).encode() + b"\n" for row in rows)
        headers = {} if key is None else {"Idempotency-Key": key}
        return self.form(
            "/v1/eval-sets",
            {"task_id": task, "name": "rows", **fields},
            {"items": (items, "application/jsonl")},
            headers,
        )

    def run(self, eval_set_id: str, *candidates: str, key: str | None = None) -> Answer:
        headers = {} if key is None else {"Idempotency-Key": key}
        return self(
            "POST", "/v1/eval-runs", {"eval_set_id": eval_set_id, "candidate_model_ids": list(candidates)}, headers
        )

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


@pytest.fixture(scope="session")
def environment():
    """For a subprocess that is to find what this process finds."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


@pytest.fixture(scope="session")
def python(environment):
    """Runs a script in an interpreter of its own."""

    def run(script: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment)

    return run


@pytest.fixture
def platform_process(environment, caller):
    """A platform in a process of its own: a call to it, and what gives the most bytes that it ever had in memory."""
    script = (
        "from pareta_openai.local import LocalPlatform; platform = LocalPlatform(); platform.start();"
        "print(platform.base_url, platform.api_key, flush=True); input()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None

    def peak_memory() -> int:
        status = Path(f"/proc/{process.pid}/status").read_text()
        [line] = [line for line in status.splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1]) << 10

    yield caller(*process.stdout.readline().split()), peak_memory
    process.communicate("\n", timeout=30)
