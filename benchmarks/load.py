"""Load on an HTTP server by hand: sockets that stay open, each with one request under way.

In a process of its own, and with next to nothing between the bytes and the counter, so that it is the server that is
measured. ``python benchmarks/load.py HOST:PORT KEY chat|stream SECONDS`` prints how many answers and chunks it got.
"""

from __future__ import annotations

import itertools
import json
import selectors
import socket
import sys
import time
from collections.abc import Iterator

CONNECTIONS = 16
CHUNKS = 1_000
"""Of each stream, beside its first and its last."""

MESSAGES = [{"role": "user", "content": "Invoice 2041, Hansen Tools, 12 drill bits at 4.50 EUR: what is the total?"}]


def requests(host: str, api_key: str, **fields: object) -> Iterator[bytes]:
    """Chat completions as a client sends them, each with an idempotency key of its own."""
    body = json.dumps({"model": "ep_invoice_kie", "messages": MESSAGES, **fields}).encode()
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {api_key}\r\n"
        f"Accept: application/json\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"Idempotency-Key: load-{time.time_ns()}-"
    ).encode()
    for number in itertools.count():
        yield b"%b%d\r\n\r\n%b" % (head, number, body)


def is_whole(answer: bytes) -> bool:
    """Whether it ends where its head says that it does."""
    head, separator, body = answer.partition(b"\r\n\r\n")
    if not separator:
        return False
    _, found, length = head.lower().partition(b"content-length: ")
    if found:
        return len(body) >= int(length.split(b"\r\n", 1)[0])
    return body.endswith(b"0\r\n\r\n")


def measure(host: str, api_key: str, seconds: float, **fields: object) -> tuple[int, int]:
    """How many answers, and events in them, came in so many seconds. Raises where one is not a 200."""
    address, _, port = host.partition(":")
    selector = selectors.DefaultSelector()
    coming = requests(host, api_key, **fields)
    for _ in range(CONNECTIONS):
        connection = socket.create_connection((address, int(port)))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(next(coming))
        selector.register(connection, selectors.EVENT_READ, bytearray())
    answers = events = 0
    until = time.perf_counter() + seconds
    while selector.get_map():
        is_over = time.perf_counter() >= until
        for key, _ in selector.select():
            received: bytearray = key.data
            received += key.fileobj.recv(1 << 20)  # type: ignore[union-attr]
            # What is not the end of an answer is not looked at more closely.
            if not received.endswith((b"}", b"0\r\n\r\n")) or not is_whole(bytes(received)):
                continue
            if not received.startswith(b"HTTP/1.1 200 "):
                raise RuntimeError(received.decode(errors="replace"))
            if not is_over:
                answers += 1
                events += received.count(b"data: ")
                received.clear()
                key.fileobj.sendall(next(coming))  # type: ignore[union-attr]
            else:
                selector.unregister(key.fileobj)
                key.fileobj.close()  # type: ignore[union-attr]
    return answers, events


if __name__ == "__main__":
    _, host, api_key, kind, seconds = sys.argv
    fields = {"stream": True, "min_tokens": CHUNKS} if kind == "stream" else {}
    print(*measure(host, api_key, float(seconds), **fields))
