"""What the fuzzers share: how much they run, a server that sends any bytes at all, and what a caller may be met with.

`make test` runs a bounded number of inputs, the same ones each time. A longer run takes other inputs each time:

    PARETA_FUZZ_EXAMPLES=100000 python -m pytest tests/fuzz

is for each fuzzer that many inputs. Either ends with how many inputs each fuzzer ran.
"""

from __future__ import annotations

import os
import pickle
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import HealthCheck, settings

import pareta_openai
from pareta_openai import ParetaError
from pareta_openai.resources.models import ModelList
from pareta_openai.types import Leaderboard
from pareta_openai.types._base import ParetaModel

LONG_RUN = int(os.environ.get("PARETA_FUZZ_EXAMPLES") or 0)

TIMEOUT = 20.0
"""In seconds. The server never leaves a request without an end, so that whoever meets this was hanging."""

ran: Counter[str] = Counter()
"""How many inputs each fuzzer was given."""


def bounded(examples: int) -> settings:
    return settings(
        max_examples=LONG_RUN or examples,
        derandomize=not LONG_RUN,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


class RawServer:
    """Reads a request, sends `answer` as it stands, and closes the connection."""

    def __init__(self) -> None:
        self.answer = b""
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self.base_url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection:
            try:
                connection.settimeout(TIMEOUT)
                if _read_request(connection):
                    connection.sendall(self.answer)
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(65536):
                        """Until the client has closed too, so that it is not met by a reset."""
            except OSError:
                """The client had enough."""


def _read_request(connection: socket.socket) -> bool:
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(65536)
        if not part:
            return False
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [line.partition(b":")[2] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    missing = (int(lengths[0]) if lengths else 0) - len(body)
    while missing > 0:
        part = connection.recv(65536)
        if not part:
            return False
        missing -= len(part)
    return True


@contextmanager
def raw_server() -> Iterator[RawServer]:
    server = RawServer()
    try:
        yield server
    finally:
        server.close()


@contextmanager
def nothing_leaves_this_machine() -> Iterator[None]:
    """Redirects may name any host: none but this machine is found."""
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **more: Any) -> Any:
        if isinstance(host, str):
            host.encode("idna")  # raises as the real one does
        if host not in ("127.0.0.1", b"127.0.0.1"):
            raise socket.gaierror(socket.EAI_NONAME, "not this machine")
        return real(host, *arguments, **more)

    socket.getaddrinfo = getaddrinfo  # type: ignore[assignment]
    try:
        yield
    finally:
        socket.getaddrinfo = real


def outcome(call: Callable[[], Any]) -> Any:
    """What a call gave, or the `ParetaError` that it raised. Anything else goes through, and fails the test."""
    try:
        given = call()
    except ParetaError as error:
        given = error
    assert not isinstance(given, pareta_openai.APITimeoutError), "a hang"
    return given


def read_everything(value: Any) -> None:
    """All that is documented of what a call gives can be read, and it goes to another process and back."""
    if isinstance(value, (ParetaError, ParetaModel, ModelList)):
        assert repr(pickle.loads(pickle.dumps(value))) == repr(value)
    if isinstance(value, list):
        for item in value:
            read_everything(item)
    elif isinstance(value, ParetaModel):
        _read_model(value)
    elif isinstance(value, ParetaError):
        _read_error(value)


def _read_model(model: ParetaModel) -> None:
    known = type(model).model_fields
    everything = model.to_dict()
    for name in everything:
        model[name]
        model.get(name)
    for field in known:
        read_everything(getattr(model, field))
    for base in type(model).__mro__:
        if base.__module__.startswith("pareta_openai"):
            for name, member in vars(base).items():
                if isinstance(member, property):
                    read_everything(getattr(model, name))
    if isinstance(model, Leaderboard):
        read_everything(model.pareto_front())
    assert model.get("no such field") is None
    repr(model)
    str(model)


def _read_error(error: ParetaError) -> None:
    str(error)
    repr(error)
    for name in ("message", "status_code", "detail", "hint", "retry_after", "request_id", "response", "body"):
        getattr(error, name, None)
    for name in ("stage", "partial", "endpoint_id", "host"):
        getattr(error, name, None)
