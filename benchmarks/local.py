"""How fast the local platform is: ``python benchmarks/local.py`` writes the figures to ``benchmarks/RESULTS.md``.

Chat calls and streamed chunks a second with the ledger on, under load from another process (`load.py`), and how long it
takes to start, to be ready as a fixture, to reset and to stop. Each figure is the best of several rounds: whatever else
runs on the machine only ever makes one worse. After each round of load the books are looked at.

A server is busy on one core. What it could do there with nobody else on the machine is told by its CPU time, which is
the second figure of each load.
"""

from __future__ import annotations

import argparse
import os
import platform as machine
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import results

HEADING = "## Speed of the local platform"
BALANCE = 10**14
SERVER = """
import sys, time
from pareta_openai.local import LocalPlatform
with LocalPlatform(state=sys.argv[1]) as platform:
    platform.organisation.set_balance(int(sys.argv[2]))
    print(platform.base_url, platform.api_key, flush=True)
    for line in sys.stdin:
        print(time.process_time(), len(platform.organisation.ledger()), flush=True)
"""


@dataclass
class Server:
    """A platform in a process of its own."""

    process: subprocess.Popen[str]
    host: str
    api_key: str

    def told(self) -> tuple[float, int]:
        """The seconds of CPU that it has used, and how many debits it has booked."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        seconds, debits = self.process.stdout.readline().split()
        return float(seconds), int(debits)


@contextmanager
def serving(state: str) -> Iterator[Server]:
    command = [sys.executable, "-c", SERVER, state, str(BALANCE)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        base_url, api_key = process.stdout.readline().split()
        yield Server(process, urlsplit(base_url).netloc, api_key)


def load(server: Server, kind: str, seconds: float) -> tuple[int, int]:
    command = [
        sys.executable,
        str(Path(__file__).with_name("load.py")),
        server.host,
        server.api_key,
        kind,
        str(seconds),
    ]
    answers, events = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    return int(answers), int(events)


def rates(kind: str, state: str, rounds: int, seconds: float) -> tuple[float, float]:
    """Answers or chunks: the most in a second, and the most in a second of the server's CPU."""
    by_clock, by_cpu = [], []
    with serving(state) as server:
        load(server, kind, seconds / 4)
        for _ in range(rounds):
            cpu_before, debits_before = server.told()
            answers, events = load(server, kind, seconds)
            cpu, debits = server.told()
            booked = debits - debits_before
            # Those that were still under way at the end are answered and not counted.
            if not answers <= booked <= answers + 64:
                raise RuntimeError(f"{answers} answers and {booked} debits")
            counted = events if kind == "stream" else answers
            by_clock.append(counted / seconds)
            by_cpu.append(counted * booked / answers / (cpu - cpu_before))
    return max(by_clock), max(by_cpu)


def seconds_to_first_answer(**variables: str) -> tuple[float, float]:
    """Of ``pareta-openai local``, from before it is a process: by the clock, and of CPU with those of its end.

    `variables` are of its environment.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    command = [sys.executable, "-m", "pareta_openai", "local"]
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen(command, env={**os.environ, **variables}, **quiet) as process:
        assert process.stdout is not None
        base_url, api_key = (process.stdout.readline().strip().partition("=")[2] for _ in range(2))
        request = urllib.request.Request(f"{base_url}/v1/models", headers={"Authorization": f"Bearer {api_key}"})
        with urllib.request.urlopen(request) as answer:
            answer.read()
        seconds = time.perf_counter() - began
        process.terminate()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def seconds_of_life(rounds: int) -> tuple[float, float, float]:
    """Of start, reset and stop in an interpreter that has started one before."""
    from pareta_openai.local import LocalPlatform

    starts, resets, stops = [], [], []
    for _ in range(rounds):
        platform = LocalPlatform()
        starts.append(timed(platform.start))
        organisation = platform.create_organisation(endpoints=("invoice-extraction",))
        organisation.reply("x")
        resets.append(timed(platform.reset))
        stops.append(timed(platform.stop))
    return min(starts[1:]), min(resets[1:]), min(stops[1:])


def timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--seconds", type=float, default=4.0, help="of each round of load")
    options = arguments.parse_args()
    lines = [
        "The best of several rounds each (`python benchmarks/local.py`), on a machine that had other work as well:",
        f"{os.cpu_count()} cores, a load of {os.getloadavg()[0]:.0f}. Python {machine.python_version()},"
        f" uvicorn {version('uvicorn')} with h11. The second figure is for a second of the server's CPU time.",
        "",
        "| What | Measured | Per second of CPU | Aim |",
        "|---|---|---|---|",
    ]
    print(HEADING, *lines, sep="\n")

    def tell(what: str, measured: str, by_cpu: str, aim: str) -> None:
        lines.append(f"| {what} | {measured} | {by_cpu} | {aim} |")
        print(lines[-1], flush=True)

    with tempfile.TemporaryDirectory() as folder:
        for state, words in ((":memory:", "in memory"), (str(Path(folder, "state.sqlite")), "in a file")):
            by_clock, by_cpu = rates("chat", state, options.rounds, options.seconds)
            tell(f"chat calls a second, the ledger {words}", f"{by_clock:,.0f}", f"{by_cpu:,.0f}", "≥ 2,000")
        by_clock, by_cpu = rates("stream", ":memory:", options.rounds, options.seconds)
        tell("streamed chunks a second", f"{by_clock:,.0f}", f"{by_cpu:,.0f}", "≥ 25,000")
    with tempfile.TemporaryDirectory() as folder:
        # With bytecode, as an installed package has it: the first start writes it. An empty value counts as not set.
        variables = {"PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": ""}
        starts = [seconds_to_first_answer(**variables) for _ in range(1 + options.rounds)]
    by_clock, by_cpu = map(min, zip(*starts, strict=True))
    tell("start to first answer, as a process", f"{by_clock:.2f} s", f"{by_cpu:.2f} s in all", "≤ 1 s")
    start, reset, stop = seconds_of_life(4 * options.rounds)
    tell("fixture ready, in a warm interpreter", f"{start * 1000:.1f} ms", "", "≤ 50 ms")
    tell("state reset", f"{reset * 1000:.2f} ms", "", "≤ 1 ms")
    tell("stop", f"{stop * 1000:.1f} ms", "", "≤ 30 ms")
    results.write_section(HEADING, lines)


if __name__ == "__main__":
    main()
