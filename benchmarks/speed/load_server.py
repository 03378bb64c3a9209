"""A server that answers as fast as sockets go, so that a benchmark measures its client: ``python load_server.py``.

It prints its port. The model's name says what the answer is to be:

| Model         | Answer                                                                     |
|---------------|----------------------------------------------------------------------------|
| `plain`       | a chat completion                                                          |
| `tools`       | one that calls two tools                                                   |
| `json`        | one whose text is JSON                                                     |
| `bulk-N`      | a stream of N chunks, as fast as the client takes them                     |
| `paced-N`     | a stream of N chunks, each a write of its own, 50 a second                 |
| `stamped-N`   | the same, and each chunk's text is when it was written, by the system's monotonic clock |
| `embed-N`     | for ``/embeddings``: N vectors of 1,536 numbers                            |
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import time
from functools import cache

CHUNKS_A_WRITE = 50
PACE_SECONDS = 1 / 50
_MODEL = re.compile(rb'"model":\s*"([a-z]+)(?:-(\d+))?"')
_LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)
_STREAM_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
_CALL = {"type": "function", "function": {"name": "look_up", "arguments": '{"invoice":"2041","fields":["total"]}'}}


def _completion(message: dict[str, object], finish_reason: str) -> dict[str, object]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_760_000_000,
        "model": "plain",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", **message},
                "logprobs": None,
                "finish_reason": finish_reason,
            }
        ],
        "usage": {"prompt_tokens": 12, "completion_tokens": 9, "total_tokens": 21},
    }


_COMPLETIONS = {
    "plain": _completion({"content": "The total of invoice 2041 is 54.00 EUR."}, "stop"),
    "json": _completion({"content": '{"number": "2041", "total": 54.0, "lines": ["drill bits"]}'}, "stop"),
    "tools": _completion(
        {"content": None, "tool_calls": [{"id": f"call_{number}", **_CALL} for number in (1, 2)]}, "tool_calls"
    ),
}


@cache
def _answer(kind: str, count: int) -> bytes:
    if kind == "embed":
        vectors = [{"object": "embedding", "index": n, "embedding": [0.0123456789] * 1536} for n in range(count)]
        answer: dict[str, object] = {
            "object": "list",
            "data": vectors,
            "model": "embed",
            "usage": {"prompt_tokens": 1, "total_tokens": 1},
        }
    else:
        answer = _COMPLETIONS[kind]
    body = json.dumps(answer, separators=(",", ":")).encode()
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body) + body


def _event(delta: dict[str, str], finish_reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    chunk = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1_760_000_000,
        "model": "plain",
        "choices": [choice],
    }
    return b"data: " + json.dumps(chunk, separators=(",", ":")).encode() + b"\n\n"


_TOKEN = _event({"content": " 54.0"})
_END = _event({}, "stop") + b"data: [DONE]\n\n"


def _framed(part: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(part), part)


_BATCH = _framed(_TOKEN * CHUNKS_A_WRITE)


async def _stream(writer: asyncio.StreamWriter, kind: str, count: int) -> None:
    writer.write(_STREAM_HEAD)
    count -= 1  # the last one says that it is the last
    if kind == "bulk":
        for _ in range(count // CHUNKS_A_WRITE):
            writer.write(_BATCH)
            await writer.drain()
        if rest := count % CHUNKS_A_WRITE:
            writer.write(_framed(_TOKEN * rest))
    else:
        loop = asyncio.get_running_loop()
        begin = loop.time()
        for number in range(count):
            await asyncio.sleep(max(0, begin + (number + 1) * PACE_SECONDS - loop.time()))
            token = _event({"content": str(time.monotonic_ns())}) if kind == "stamped" else _TOKEN
            writer.write(_framed(token))
    writer.write(_framed(_END) + b"0\r\n\r\n")


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head)
            body = await reader.readexactly(int(length[1]) if length else 0)
            model = _MODEL.search(body)
            kind, count = (model[1].decode(), int(model[2] or 0)) if model else ("plain", 0)
            if kind in ("bulk", "paced", "stamped"):
                await _stream(writer, kind, count)
            else:
                writer.write(_answer(kind, count))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        """The client has gone."""
    finally:
        writer.close()


async def main() -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0, limit=2**26, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
