"""What the pytest plugin's platform costs a user's suite: ``python benchmarks/fixture.py``."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import pareta_openai
from pareta_openai.testing.local_pareta import LocalPareta, fresh_platform, stop_platform

MESSAGES = [{"role": "user", "content": "hello"}]


def milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def use(pareta: LocalPareta) -> None:
    with pareta_openai.OpenAI(api_key=pareta.api_key, base_url=pareta.base_url) as client:
        for _ in range(10):
            client.chat.completions.create(model="ep_invoice_kie", messages=MESSAGES)  # type: ignore[arg-type]


def start() -> None:
    with fresh_platform():
        pass


def reset() -> float:
    """Of a platform that a test has used."""
    with fresh_platform() as pareta:
        use(pareta)
        return milliseconds(pareta.platform.reset)


def told(what: str, figures: list[float]) -> str:
    return f"{what:<34} median {statistics.median(figures):6.2f} ms, slowest {max(figures):6.2f} ms"


def main() -> None:
    print(f"Python {sys.version.split()[0]}")
    print(f"{'first start, with the imports':<34}        {milliseconds(start):6.2f} ms")
    starts, resets, stops = [], [], []
    for _ in range(20):
        stops.append(milliseconds(stop_platform))
        starts.append(milliseconds(start))
        resets.extend(reset() for _ in range(10))
    print(told("start in a warm interpreter (20)", starts))
    print(told("fresh state for a test (200)", resets))
    print(told("stop (20)", stops))


if __name__ == "__main__":
    main()
