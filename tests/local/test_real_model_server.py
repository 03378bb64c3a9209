"""A real model server's answers as they go through `--upstream`: what llama.cpp's has sent, byte for byte."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import openai
import pytest

import pareta_openai
from pareta_openai.local import LocalPlatform, Upstream

FOLDER = Path(__file__).parents[1] / "data" / "llama_cpp"
RECORDINGS = sorted(file.stem for file in FOLDER.glob("*.json"))
KEY = "upstream-key-0123456789"


def exchange(name: str) -> tuple[dict[str, Any], list[bytes]]:
    """The body of the request, and the pieces of the answer."""
    recorded = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return recorded["request"], [base64.b64decode(segment["bytes"]) for segment in recorded["segments"]]


@contextmanager
def serving(segments: list[bytes]) -> Iterator[str]:
    """The URL of a server that sends them for whatever it is asked."""

    stopped = threading.Event()

    def serve() -> None:
        while not stopped.is_set():
            with suppress(socket.timeout), closing(server.accept()[0]) as connection:
                connection.setblocking(True)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                read_request(connection)
                for segment in segments:
                    connection.sendall(segment)

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.02)
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        stopped.set()
        thread.join()


def read_request(connection: socket.socket) -> None:
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    [length] = [int(line.split(b":")[1]) for line in head.splitlines() if line.lower().startswith(b"content-length:")]
    while len(body) < length:
        body += connection.recv(65536)


def seen(client_class: Callable[..., Any], base_url: str, api_key: str, request: dict[str, Any]) -> Any:
    """What a client makes of the answer to `request`, but for the model's name, which differs between the ways."""
    with client_class(base_url=f"{base_url}/v1", api_key=api_key, max_retries=0) as client:
        try:
            answer = client.chat.completions.create(**request)
            answers = list(answer) if request.get("stream") else [answer]
        except openai.APIStatusError as error:
            return error.status_code, error.body
    return [one.model_dump(exclude={"model"}) for one in answers]


@pytest.mark.parametrize("client_class", [openai.OpenAI, pareta_openai.OpenAI])
@pytest.mark.parametrize("name", RECORDINGS)
def test_a_client_sees_what_it_would_see_without_the_platform_between(
    name: str, client_class: Callable[..., Any]
) -> None:
    request, segments = exchange(name)
    with serving(segments) as url, LocalPlatform(upstream=Upstream(url, api_key=KEY)) as platform:
        direct = seen(client_class, url, KEY, request)
        through = seen(client_class, platform.base_url, platform.api_key, {**request, "model": "ep_invoice_kie"})
        ledger = platform.organisation.ledger()
    assert through == direct
    assert len(ledger) == (0 if name.startswith("bad-") else 1)


def test_tokens_are_the_servers_where_it_tells_them_and_counted_where_it_does_not() -> None:
    booked = {}
    for name in ("chat", "chat-stream-usage"):
        request, segments = exchange(name)
        with serving(segments) as url, LocalPlatform(upstream=Upstream(url)) as platform:
            seen(openai.OpenAI, platform.base_url, platform.api_key, {**request, "model": "ep_invoice_kie"})
            [debit] = platform.organisation.ledger()
        booked[name] = (debit.prompt_tokens, debit.completion_tokens)
    assert booked["chat"] == (23, 29)
    assert all(booked["chat-stream-usage"])


@pytest.mark.parametrize("name", RECORDINGS)
def test_what_was_recorded_from_it_is_replayed_the_same(name: str, tmp_path: Path) -> None:
    request, segments = exchange(name)
    asked = {**request, "model": "ep_invoice_kie"}
    file = tmp_path / "recording.jsonl"
    with serving(segments) as url, LocalPlatform(upstream=Upstream(url, api_key=KEY), record=file) as platform:
        real = seen(openai.OpenAI, platform.base_url, platform.api_key, asked)
    with LocalPlatform(replay=file) as platform:
        assert seen(openai.OpenAI, platform.base_url, platform.api_key, asked) == real
    assert KEY.encode() not in file.read_bytes()
