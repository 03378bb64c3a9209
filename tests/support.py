"""What several test modules use: one body for sync and async, and a server that says what it is told."""

from __future__ import annotations

import inspect
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MESSAGES: list[Any] = [{"role": "user", "content": "Invoice 2041, Hansen Tools, 54.00 EUR"}]


def ask(question: str) -> list[Any]:
    """The messages of a chat."""
    return [{"role": "user", "content": question}]


def answers(text: str | None, question: str) -> bool:
    """Whether `text` is the local platform's answer to `question`, with which it ends."""
    return text is not None and text.endswith(f"You wrote: {question}")


async def settle(value: Any) -> Any:
    """What a call gave, of the sync client at once and of the async one awaited."""
    return await value if inspect.isawaitable(value) else value


async def collect(stream: Any) -> list[Any]:
    """The items of a stream or page of either client."""
    if hasattr(stream, "__aiter__"):
        return [item async for item in stream]
    return list(stream)


@dataclass
class Received:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def raw(self) -> bytes:
        """All of it, for a search."""
        return repr((self.method, self.path, self.headers)).encode() + self.body


@dataclass
class Answer:
    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    promised_length: int | None = None
    """More than the body has, to break the connection off within it."""


@dataclass
class ScriptedServer:
    """Answers each request with the next of `answers`, the last one for ever, and keeps what it received."""

    base_url: str
    answers: list[Answer]
    received: list[Received] = field(default_factory=list)

    def answer(self, *answers: Answer) -> None:
        self.answers[:] = answers


COMPLETION = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "ep_test",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hello"}}],
}


def json_answer(value: Any, status: int = 200, **headers: str) -> Answer:
    return Answer(status, json.dumps(value).encode(), {"content-type": "application/json", **headers})


@contextmanager
def scripted_server() -> Iterator[ScriptedServer]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # it writes head and body by themselves, and would wait 40 ms between them

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            script.received.append(Received(self.command, self.path, dict(self.headers), body))
            answer = script.answers.pop(0) if len(script.answers) > 1 else script.answers[0]
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            length = answer.promised_length if answer.promised_length is not None else len(answer.body)
            self.send_header("content-length", str(length))
            self.end_headers()
            self.wfile.write(answer.body)
            if answer.promised_length is not None:
                self.close_connection = True

        do_GET = do_POST = do_PUT = do_DELETE = _answer

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    script = ScriptedServer(f"http://127.0.0.1:{server.server_port}", [json_answer(COMPLETION)])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
