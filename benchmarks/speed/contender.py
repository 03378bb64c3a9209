"""One measure of one client in a process of its own: ``python contender.py CLIENT MEASURE PORT`` prints JSON.

Seconds are of this process alone, by `time.process_time` and by the clock. The server is `load_server.py`.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

QUESTION = "Read invoice 2041, lines 1 to 12, and tell me the total, the currency and the day on which it is due."
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "iVBORw0KGgo" * 100}}
TOOL = {
    "type": "function",
    "function": {
        "name": "look_up",
        "description": "Find an invoice by its number.",
        "parameters": {"type": "object", "properties": {"invoice": {"type": "string"}, "fields": {"type": "array"}}},
    },
}
EMBEDDINGS = 2048
PACED_STREAMS, PACED_CHUNKS = 200, 100


def messages(count: int) -> list[dict[str, Any]]:
    return [{"role": ("user", "assistant")[number % 2], "content": QUESTION} for number in range(count)]


def with_images(count: int) -> list[dict[str, Any]]:
    parts = [{"type": "text", "text": QUESTION}, IMAGE]
    return [{"role": "user", "content": parts} for _ in range(count)]


class Bare:
    """The transport and `json.loads`: plain dictionaries."""

    def __init__(self, url: str) -> None:
        try:
            import httpx2 as transport
        except ModuleNotFoundError:
            import httpx as transport  # type: ignore[no-redef]
        arguments: dict[str, Any] = {"base_url": url, "headers": {"Authorization": "Bearer x"}, "timeout": 600}
        limits = transport.Limits(max_connections=1000)
        self._client = transport.Client(**arguments)
        self._async_client = transport.AsyncClient(**arguments, limits=limits)

    def create(self, **body: Any) -> Any:
        return json.loads(self._client.post("/chat/completions", json=body).content)

    def embed(self, **body: Any) -> Any:
        return json.loads(self._client.post("/embeddings", json=body).content)

    def stream(self, **body: Any) -> Iterator[Any]:
        with self._client.stream("POST", "/chat/completions", json=body) as response:
            for line in response.iter_lines():
                if line.startswith("data: {"):
                    yield json.loads(line[6:])

    async def stream_later(self, **body: Any) -> AsyncIterator[Any]:
        async with self._async_client.stream("POST", "/chat/completions", json=body) as response:
            async for line in response.aiter_lines():
                if line.startswith("data: {"):
                    yield json.loads(line[6:])


class OpenAILike:
    """openai, ours, and whatever else has their methods."""

    def __init__(self, client: Any, async_client: Any) -> None:
        self._client = client
        self._async_client = async_client

    def create(self, **body: Any) -> Any:
        return self._client.chat.completions.create(**body)

    def parse(self, **body: Any) -> Any:
        return self._client.chat.completions.parse(**body)

    def embed(self, **body: Any) -> Any:
        return self._client.embeddings.create(**body)

    def stream(self, **body: Any) -> Iterator[Any]:
        return iter(self._client.chat.completions.create(**body, stream=True))

    async def stream_later(self, **body: Any) -> AsyncIterator[Any]:
        async for chunk in await self._async_client.chat.completions.create(**body, stream=True):
            yield chunk


class LiteLLM:
    def __init__(self, url: str) -> None:
        # It would ask a server for prices.
        os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
        import litellm

        # It takes chunks that are all alike for a model that has gone mad.
        litellm.REPEATED_STREAMING_CHUNK_LIMIT = sys.maxsize
        self._litellm = litellm
        self._more: dict[str, Any] = {"api_base": url, "api_key": "x", "custom_llm_provider": "openai"}

    def create(self, **body: Any) -> Any:
        return self._litellm.completion(**body, **self._more)

    def embed(self, **body: Any) -> Any:
        return self._litellm.embedding(**body, **self._more)

    def stream(self, **body: Any) -> Iterator[Any]:
        return iter(self._litellm.completion(**body, **self._more, stream=True))

    async def stream_later(self, **body: Any) -> AsyncIterator[Any]:
        async for chunk in await self._litellm.acompletion(**body, **self._more, stream=True):
            yield chunk


def connect(client: str, url: str) -> Any:
    if client == "bare":
        return Bare(url)
    if client == "litellm":
        return LiteLLM(url)
    if client == "pareta":
        import pareta

        arguments = {"api_key": "pareta_sk_bench_0123456789", "base_url": url.removesuffix("/v1")}
        return OpenAILike(pareta.Pareta(**arguments), pareta.AsyncPareta(**arguments))
    module = __import__({"openai": "openai", "ours": "pareta_openai", "aiohttp": "pareta_openai"}[client])
    arguments = {"api_key": "pareta_sk_bench_0123456789", "base_url": url}
    transport = {"transport": "aiohttp"} if client == "aiohttp" else {}
    return OpenAILike(module.OpenAI(**arguments), module.AsyncOpenAI(**arguments, **transport))


def peak_mib() -> float:
    status = Path("/proc/self/status")
    if status.exists():
        [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def timed(call: Callable[[], Any], count: int) -> dict[str, float]:
    """Microseconds for one of `count`."""
    cpu, wall = time.process_time(), time.perf_counter()
    call()
    return {
        "cpu": (time.process_time() - cpu) / count * 1e6,
        "wall": (time.perf_counter() - wall) / count * 1e6,
    }


def calls(call: Callable[[], Any], count: int) -> dict[str, float]:
    for _ in range(3 if count > 1 else 0):
        call()
    return timed(lambda: [call() for _ in range(count)], count)


def bulk(client: Any, count: int) -> dict[str, float]:
    def read(chunks: int) -> None:
        seen = sum(1 for _ in client.stream(model=f"bulk-{chunks}", messages=messages(1)))
        assert seen == chunks, seen

    read(100)
    return timed(lambda: read(count), count)


async def _side_by_side(client: Any, model: str, streams: int, chunks: int) -> None:
    async def read() -> None:
        seen = 0
        async for _ in client.stream_later(model=model, messages=messages(1)):
            seen += 1
        assert seen == chunks, seen

    await asyncio.gather(*(read() for _ in range(streams)))


def side_by_side(client: Any, kind: str, streams: int, chunks: int) -> dict[str, float]:
    async def run() -> dict[str, float]:
        await _side_by_side(client, f"bulk-{10}", streams, 10)
        cpu, wall, count = time.process_time(), time.perf_counter(), streams * chunks
        await _side_by_side(client, f"{kind}-{chunks}", streams, chunks)
        return {
            "cpu": (time.process_time() - cpu) / count * 1e6,
            "wall": (time.perf_counter() - wall) / count * 1e6,
        }

    return asyncio.run(run())


def delay(client: Any) -> dict[str, float]:
    """From the server's write to the caller's loop, the median of a stream's chunks, in microseconds."""

    async def run() -> dict[str, float]:
        delays = []
        async for chunk in client.stream_later(model="stamped-100", messages=messages(1)):
            now = time.monotonic_ns()
            choice = chunk["choices"][0] if isinstance(chunk, dict) else chunk.choices[0]
            delta = choice["delta"] if isinstance(choice, dict) else choice.delta
            text = delta.get("content") if isinstance(delta, dict) else delta.content
            if text:
                delays.append((now - int(text)) / 1000)
        return {"wall": sorted(delays)[len(delays) // 2]}

    return asyncio.run(run())


def memory(client: Any, chunks: int) -> dict[str, float]:
    for _ in client.stream(model=f"bulk-{chunks}", messages=messages(1)):
        pass
    return {"peak_mib": peak_mib()}


def structured(client: Any) -> dict[str, float]:
    from pydantic import BaseModel

    class Invoice(BaseModel):
        number: str
        total: float
        lines: list[str]

    return calls(lambda: client.parse(model="json", messages=messages(1), response_format=Invoice), 200)


MEASURES: dict[str, Callable[[Any], dict[str, float]]] = {
    "create, 1 message": lambda client: calls(lambda: client.create(model="plain", messages=messages(1)), 300),
    "create, 10 messages": lambda client: calls(lambda: client.create(model="plain", messages=messages(10)), 150),
    "create, 50 messages": lambda client: calls(lambda: client.create(model="plain", messages=messages(50)), 60),
    "create, 200 messages": lambda client: calls(lambda: client.create(model="plain", messages=messages(200)), 20),
    "create, 10 images": lambda client: calls(lambda: client.create(model="plain", messages=with_images(10)), 100),
    "create, tools": lambda client: calls(
        lambda: client.create(model="tools", messages=messages(1), tools=[TOOL] * 5), 150
    ),
    "parse": structured,
    "embeddings": lambda client: calls(
        lambda: client.embed(model=f"embed-{EMBEDDINGS}", input=[QUESTION] * 8, encoding_format="float"), 1
    ),
    "chunk": lambda client: bulk(client, 10_000),
    "chunk, 1 async stream": lambda client: side_by_side(client, "bulk", 1, 10_000),
    "chunk, 50 async streams": lambda client: side_by_side(client, "bulk", 50, 200),
    "chunk, 500 async streams": lambda client: side_by_side(client, "bulk", 500, 300),
    "chunk, 200 paced async streams": lambda client: side_by_side(client, "paced", PACED_STREAMS, PACED_CHUNKS),
    "delay of a chunk": delay,
    "memory, 1,000 chunks": lambda client: memory(client, 1_000),
    "memory, 1,000,000 chunks": lambda client: memory(client, 1_000_000),
}


def imported(client: str) -> dict[str, float]:
    before, begin = peak_mib(), time.process_time()
    # The name is looked up: a package may put its imports off until then.
    assert __import__({"ours": "pareta_openai"}.get(client, client)).OpenAI
    return {"cpu": (time.process_time() - begin) * 1e6, "peak_mib": peak_mib() - before}


def commanded(client: str, *arguments: str) -> dict[str, float]:
    """A process of its own, with Python's start; of `bare` that is all."""
    command = ["-m", "pareta_openai", *arguments] if client == "ours" else ["-c", "pass"]
    subprocess.run([sys.executable, *command], stdout=subprocess.DEVNULL, check=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"cpu": (used.ru_utime + used.ru_stime) * 1e6}


WITHOUT_A_CLIENT: dict[str, Callable[[str], dict[str, float]]] = {
    "import": imported,
    "pareta-openai --help": lambda client: commanded(client, "--help"),
    "pareta-openai migrate --help": lambda client: commanded(client, "migrate", "--help"),
}


def main() -> None:
    client, measure, port = sys.argv[1:]
    if measure in WITHOUT_A_CLIENT:
        found = WITHOUT_A_CLIENT[measure](client)
    else:
        found = MEASURES[measure](connect(client, f"http://127.0.0.1:{port}/v1"))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
