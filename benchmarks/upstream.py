"""What `--upstream` adds to a call: ``python benchmarks/upstream.py`` writes it to ``benchmarks/RESULTS.md``.

A local platform is the upstream, another one in front of it sends inference through, each in a process of its own.
Calls go to the one and to the other in turn, one at a time over connections that stay open. The added latency is the
difference of the medians; the tenth percentiles tell what it is where nothing else wants the machine's cores.
"""

from __future__ import annotations

import argparse
import os
import platform as machine
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from urllib.parse import urlsplit

import load
import results

HEADING = "## Latency that an upstream adds"
BALANCE = 10**14
SERVER = """
import sys, time
from pareta_openai.local import LocalPlatform, Upstream
upstream = Upstream(sys.argv[2], {"invoice-kie-1": "ep_invoice_kie"}, sys.argv[3]) if len(sys.argv) > 2 else None
with LocalPlatform(upstream=upstream) as platform:
    platform.organisation.set_balance(int(sys.argv[1]))
    print(platform.base_url, platform.api_key, flush=True)
    for line in sys.stdin:
        print(time.process_time(), flush=True)
"""


class Server:
    """A platform in a process of its own, and a connection to it."""

    def __init__(self, process: subprocess.Popen[str], **fields: object) -> None:
        assert process.stdout is not None
        self._process = process
        self.base_url, self.api_key = process.stdout.readline().split()
        self.host = urlsplit(self.base_url).netloc
        name, _, port = self.host.partition(":")
        self._connection = socket.create_connection((name, int(port)))
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._requests = load.requests(self.host, self.api_key, **fields)

    def seconds_of_call(self) -> float:
        """From the request's first byte to the answer's last."""
        request = next(self._requests)
        began = time.perf_counter()
        self._connection.sendall(request)
        answer = b""
        while not load.is_whole(answer):
            received = self._connection.recv(1 << 20)
            if not received:
                raise RuntimeError(f"the connection ended after {answer!r}")
            answer += received
        seconds = time.perf_counter() - began
        if not answer.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(answer.decode(errors="replace"))
        return seconds

    def cpu_seconds(self) -> float:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def close(self) -> None:
        self._connection.close()


@contextmanager
def serving(*upstream: str, **fields: object) -> Iterator[Server]:
    command = [sys.executable, "-c", SERVER, str(BALANCE), *upstream]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        server = Server(process, **fields)
        try:
            yield server
        finally:
            server.close()


def measure(calls: int, **fields: object) -> tuple[list[float], list[float], float]:
    """Seconds of calls to the upstream itself, of calls by way of it, and of CPU that each of these took in front."""
    with ExitStack() as stack:
        upstream = stack.enter_context(serving(**fields))
        front = stack.enter_context(serving(upstream.base_url, upstream.api_key, **fields))
        for _ in range(50):
            upstream.seconds_of_call()
            front.seconds_of_call()
        direct, through = [], []
        before = front.cpu_seconds()
        for _ in range(calls):
            direct.append(upstream.seconds_of_call())
            through.append(front.seconds_of_call())
        return direct, through, (front.cpu_seconds() - before) / calls


def row(what: str, calls: int, **fields: object) -> str:
    direct, through, cpu = measure(calls, **fields)
    added = statistics.median(through) - statistics.median(direct)
    low = statistics.quantiles(through, n=10)[0] - statistics.quantiles(direct, n=10)[0]
    return (
        f"| {what} | {statistics.median(direct) * 1000:.2f} | {statistics.median(through) * 1000:.2f}"
        f" | {added * 1000:.2f} | {low * 1000:.2f} | {cpu * 1000:.2f} | ≤ 2 |"
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--calls", type=int, default=2_000)
    options = arguments.parse_args()
    lines = [
        "Milliseconds a call, one at a time (`python benchmarks/upstream.py`): to a local platform, and to one that",
        f"sends it through to that. {os.cpu_count()} cores with other work as well, a load of {os.getloadavg()[0]:.0f}."
        f" Python {machine.python_version()}, httpx {version('httpx')}.",
        "",
        "| What | Direct | Through | Added, median | Added, tenth percentile | CPU in front | Aim |",
        "|---|---|---|---|---|---|---|",
        row("a plain answer", options.calls),
        row("a stream of 10 tokens", options.calls, stream=True, max_tokens=10),
    ]
    print(HEADING, *lines, sep="\n")
    results.write_section(HEADING, lines)


if __name__ == "__main__":
    main()
