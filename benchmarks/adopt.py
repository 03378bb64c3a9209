"""What `wrap` adds to a call, and `install` to a program that it has nothing to do for, of CPU.

    python benchmarks/adopt.py

A transport that answers at once stands for the server, so that a call is the client's own work alone. Bare and other
take turns, round by round; what is written is the median of the rounds' ratios, with the lowest and the highest.
"""

from __future__ import annotations

import asyncio
import gc
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import openai
from results import write_section

import pareta_openai
from pareta_openai import install, transports, wrap

ROUNDS = 41
CALLS = 150
STARTS = 15
MESSAGES: list[Any] = [{"role": "user", "content": "Invoice 2041, Hansen Tools, 54.00 EUR: what is the total?"}]
COMPLETION = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "ep",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "54.00 EUR"}}],
    "usage": {"prompt_tokens": 20, "completion_tokens": 5, "total_tokens": 25},
}
EMBEDDING = {"object": "list", "model": "ep", "data": [{"object": "embedding", "index": 0, "embedding": [0.5] * 8}]}
ARGUMENTS = {"api_key": "pareta_sk_benchmark_0123456789", "base_url": "https://api.pareta.ai/v1"}


def clients() -> tuple[Any, Any]:
    """Openai's own, sync and async, over a transport that answers at once."""
    http = transports.default_transport()

    def answer(request: Any) -> Any:
        return http.Response(200, json=EMBEDDING if request.url.path.endswith("embeddings") else COMPLETION)

    transport = http.MockTransport(answer)
    return (
        openai.OpenAI(**ARGUMENTS, http_client=openai.DefaultHttpxClient(transport=transport)),
        openai.AsyncOpenAI(**ARGUMENTS, http_client=openai.DefaultAsyncHttpxClient(transport=transport)),
    )


def chat(client: Any) -> Any:
    return client.chat.completions.create(model="ep", messages=MESSAGES, temperature=0)


def embed(client: Any) -> Any:
    return client.embeddings.create(model="ep", input="an invoice", encoding_format="float")


def seconds(call: Callable[[Any], Any], client: Any) -> float:
    """Of CPU, for `CALLS` calls."""
    gc.collect()
    began = time.process_time()
    for _ in range(CALLS):
        call(client)
    return time.process_time() - began


async def async_seconds(call: Callable[[Any], Any], client: Any) -> float:
    gc.collect()
    began = time.process_time()
    for _ in range(CALLS):
        await call(client)
    return time.process_time() - began


def start_seconds(code: str) -> float:
    """Of CPU, for a Python that runs `code`."""
    before = os.times()
    subprocess.run([sys.executable, "-c", code], check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def compare(bare: Callable[[], float], other: Callable[[], float], rounds: int) -> tuple[float, list[float]]:
    """Seconds of the bare one at its best, and the rounds' ratios; the two take turns in going first."""
    bests, ratios = [], []
    for number in range(rounds):
        if number % 2:
            second, first = other(), bare()
        else:
            first, second = bare(), other()
        bests.append(first)
        ratios.append(second / first)
    return min(bests), ratios


def measures() -> Iterator[tuple[str, float, list[float]]]:
    sync_client, async_client = clients()
    for name, call in (("chat.completions.create", chat), ("embeddings.create", embed)):
        wrapped, async_wrapped = wrap(sync_client), wrap(async_client)
        call(sync_client), call(wrapped)
        best, ratios = compare(lambda: seconds(call, sync_client), lambda: seconds(call, wrapped), ROUNDS)  # noqa: B023
        yield f"`wrap`, {name}", best / CALLS, ratios
        with asyncio.Runner() as runner:
            best, ratios = compare(
                lambda: runner.run(async_seconds(call, async_client)),  # noqa: B023
                lambda: runner.run(async_seconds(call, async_wrapped)),  # noqa: B023
                ROUNDS,
            )
        yield f"`wrap`, {name}, async", best / CALLS, ratios

    def while_installed() -> float:
        with install():
            return seconds(chat, sync_client)

    best, ratios = compare(lambda: seconds(chat, sync_client), while_installed, ROUNDS)
    yield "`install`, a call of a client that it leaves alone", best / CALLS, ratios
    code = "import pareta_openai.adopt.installing as i; i.install(); import openai"
    best, ratios = compare(lambda: start_seconds("import openai"), lambda: start_seconds(code), STARTS)
    yield "`install`, then `import openai`", best, ratios


def main() -> None:
    rows = []
    gc.disable()
    for name, best, ratios in measures():
        low, middle, high = min(ratios), statistics.median(ratios), max(ratios)
        rows.append(f"| {name} | {best * 1e6:,.0f} | {middle:.3f} | {low:.3f} to {high:.3f} |")
        print(rows[-1], flush=True)
    write_section(
        "## Code we do not own",
        [
            "What `wrap` makes of the CPU of a call, and `install` of what it leaves alone",
            f"(`python benchmarks/adopt.py`). Python {platform.python_version()}, openai {openai.__version__},",
            f"pareta-openai {pareta_openai.__version__}, two cores with other work on them; medians of rounds.",
            "",
            "| What | Without, µs | Times that | Range |",
            "|---|---|---|---|",
            *rows,
        ],
    )


if __name__ == "__main__":
    main()
