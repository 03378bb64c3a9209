"""What the local platform's request log costs a request, and a chunk of a stream, with nobody who looks.

    python benchmarks/request_log.py

An ASGI application that only answers, as it is and with the log around it; the best of several rounds of each, in turn.
"""

from __future__ import annotations

import asyncio
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pareta_openai.local.request_log import RequestLog
from pareta_openai.local.request_logging import LogRequests

ROUNDS = 15
CALLS = 2_000
CHUNKS = 100_000
BODY = b'{"model":"auto","messages":[{"role":"user","content":"' + b"word " * 200 + b'"}]}'
ANSWER = b'{"choices":[{"message":{"content":"' + b"word " * 200 + b'"}}]}'
CHUNK = b'data: {"choices":[{"index":0,"delta":{"content":" word"},"logprobs":null,"finish_reason":null}]}\n\n'


async def answer(_: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": ANSWER})


async def stream(_: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    for _ in range(CHUNKS):
        await send({"type": "http.response.body", "body": CHUNK, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def receive() -> Message:
    return {"type": "http.request", "body": BODY}


async def send(_: Message) -> None:
    pass


async def seconds(app: ASGIApp, calls: int) -> float:
    """Of CPU, for so many calls."""
    began = time.process_time()
    for number in range(calls):
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/v1/chat/completions",
            "query_string": b"",
            "headers": [(b"content-type", b"application/json"), (b"idempotency-key", b"0b5e7d0c")],
            "state": {"request_id": f"{number}"},
        }
        await app(scope, receive, send)
    return time.process_time() - began


async def main() -> None:
    for name, app, calls, count in (("request", answer, CALLS, CALLS), ("chunk", stream, 1, CHUNKS)):
        logged = LogRequests(app, RequestLog(time.time))
        bare, with_log = [], []
        for _ in range(ROUNDS):
            bare.append(await seconds(app, calls))
            with_log.append(await seconds(logged, calls))
        microseconds = (min(with_log) - min(bare)) / count * 1e6
        print(f"a {name}: {microseconds:.2f} µs more")


if __name__ == "__main__":
    asyncio.run(main())
