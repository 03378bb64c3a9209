"""The last requests that the platform was sent, and what became of them, for whoever wants to watch."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from .changes import Changes
from .ledger import Debit
from .operations import UPLOAD, find_operation

KEPT_REQUESTS = 500
KEPT_BYTES = 16 << 10
"""Of each body; how long it was is kept as well."""

_LONGEST_LINE = 300
_QUIET_SECONDS = 15.0
# Of what changes again within it only the outcome is told.
_REST_SECONDS = 0.05
_SECRETS = re.compile(r"(\bpareta_sk_|\bsk-(?=[\w-]{16})|[?&]signature=)[\w.~%-]+")


class Body:
    """The beginning of a request's or an answer's bytes."""

    __slots__ = ("_kept", "_parts", "content_type", "size")

    def __init__(self, content_type: str = "") -> None:
        self.content_type = content_type
        self.size = 0
        self._kept = 0
        self._parts: list[bytes] = []

    def add(self, part: bytes) -> None:
        self.size += len(part)
        room = KEPT_BYTES - self._kept
        if room and part:
            self._parts.append(part if len(part) <= room else part[:room])
            self._kept += min(len(part), room)

    def compact(self) -> None:
        """The pieces of a stream take more room than what they say."""
        self._parts = [b"".join(self._parts)]

    @property
    def is_stream(self) -> bool:
        return self.content_type.startswith("text/event-stream")

    @property
    def is_whole(self) -> bool:
        return self._kept == self.size

    @property
    def text(self) -> str:
        """As far as it was kept, and without any key."""
        return without_secrets(b"".join(self._parts).decode(errors="replace"))

    @property
    def value(self) -> Any:
        """What its JSON says, None where it is not whole or not JSON."""
        if not self.is_whole:
            return None
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError):
            return None


@dataclass(eq=False)
class LoggedRequest:
    """`number` counts up from 1. `at` is in seconds since the epoch, by the platform's clock; the milliseconds are
    real ones, from when the request's head was there.

    `status` is None until the answer begins, and for ever where the connection was dropped before. `state` is
    ``open``, then ``answered``, or ``cut`` where the answer was not sent to its end. `debit` is what was booked for
    it: None for a repetition that was billed before.
    """

    number: int
    id: str
    at: float
    method: str
    path: str
    query: str
    request: Body
    response: Body = field(default_factory=Body)
    idempotency_key: str | None = None
    organisation: str | None = None
    state: Literal["open", "answered", "cut"] = "open"
    status: int | None = None
    retry_after: str | None = None
    first_byte_milliseconds: float | None = None
    total_milliseconds: float | None = None
    fault: str | None = None
    debit: Debit | None = None
    revision: int = 0

    @property
    def operation(self) -> str | None:
        """Its `operationId` in the contract."""
        if self.method == "PUT" and self.path.startswith("/uploads/"):
            return UPLOAD
        found = find_operation(self.method, self.path)
        return found.id if found else None

    @property
    def target(self) -> str:
        """Path and query, without what is secret in them."""
        return _line(without_secrets(self.path + (f"?{self.query}" if self.query else "")))

    @property
    def model(self) -> str | None:
        """What was billed, else the model that was asked for."""
        if self.debit is not None:
            return self.debit.endpoint_id
        value = self.request.value
        model = value.get("model") if isinstance(value, dict) else None
        return _line(model) if isinstance(model, str) else None

    @property
    def problem(self) -> str | None:
        """What a refusal says."""
        if self.status is None or self.status < 400:
            return None
        value = self.response.value
        if not isinstance(value, dict):
            return None
        said = value.get("detail")
        if isinstance(said, list):
            said = "; ".join(_field_problem(item) for item in said)
        if said is None and isinstance(value.get("error"), dict):
            said = value["error"].get("message")
        return _line(said) if isinstance(said, str) else None


class RequestLog:
    """Written and watched from any thread and any event loop."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.id = secrets.token_hex(4)
        """Another one in each run, so that a number of an earlier run is not taken for one of this."""
        self._now = now
        self._lock = threading.Lock()
        self._number = 0
        self._revision = 0
        # The one that was changed last is last.
        self._requests: OrderedDict[str, LoggedRequest] = OrderedDict()
        self._changes = Changes()

    def open(
        self, request_id: str, *, method: str, path: str, query: str, content_type: str, idempotency_key: str | None
    ) -> LoggedRequest:
        """A request whose head has come. Whoever writes into it says so with `changed`."""
        with self._lock:
            self._number += 1
            number = self._number
        request = LoggedRequest(
            number, request_id, self._now(), method, path, query, Body(content_type), idempotency_key=idempotency_key
        )
        self.changed(request)
        return request

    def changed(self, request: LoggedRequest) -> None:
        with self._lock:
            self._revision += 1
            request.revision = self._revision
            self._requests[request.id] = request
            self._requests.move_to_end(request.id)
            if len(self._requests) > KEPT_REQUESTS:
                self._requests.popitem(last=False)
        self._changes.announce()

    def booked(self, debit: Debit) -> None:
        """An eval run is billed long after the request that started it was answered."""
        request = self._requests.get(debit.request_id)
        if request is not None:
            request.debit = debit
            self.changed(request)

    def find(self, request_id: str) -> LoggedRequest | None:
        return self._requests.get(request_id)

    def since(self, revision: int) -> list[LoggedRequest]:
        """Those that have changed since, the latest change last."""
        changed = []
        with self._lock:
            for request in reversed(self._requests.values()):
                if request.revision <= revision:
                    break
                changed.append(request)
        return changed[::-1]

    async def watch(self, last_seen: str | None = None) -> AsyncIterator[tuple[str, LoggedRequest] | None]:
        """Each request that is kept, and each again whenever it has changed, with a name for the place in the log.

        Goes on after `last_seen`, which is such a name; from the beginning where that is of another run. None from
        time to time where nothing happens.
        """
        log_id, _, revision = (last_seen or "").partition("-")
        seen = int(revision) if log_id == self.id and revision.isdecimal() else 0
        with self._changes.watch() as changed:
            while True:
                changed.clear()
                for request in self.since(seen):
                    seen = request.revision
                    yield f"{self.id}-{seen}", request
                try:
                    await asyncio.wait_for(changed.wait(), _QUIET_SECONDS)
                except asyncio.TimeoutError:
                    yield None
                await asyncio.sleep(_REST_SECONDS)


def without_secrets(text: str) -> str:
    return _SECRETS.sub(r"\1…", text)


def _field_problem(item: Any) -> str:
    if not isinstance(item, dict):
        return ""
    return f"{'.'.join(map(str, item.get('loc', ())))}: {item.get('msg', '')}"


def _line(text: str) -> str:
    return text if len(text) <= _LONGEST_LINE else text[: _LONGEST_LINE - 1] + "…"
