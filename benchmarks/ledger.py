"""Whether the ledger reconciles: ``python benchmarks/ledger.py`` writes the figures to ``benchmarks/RESULTS.md``.

Callers in several processes make chat calls and top-ups, each with an idempotency key and each repeated until it is
answered, while the platform process is killed with signal 9 at random moments and started again on the same file.
Whatever they were told is then compared, to the micro-USD, with what stands in the file. Ends with 1 where it differs.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform as machine
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

from results import write_section

HEADING = "## A ledger under kills"
ORGANISATIONS = 4
PROCESSES = 4
TOP_UP_MICRO_USD = 820
RETRY_SECONDS = 0.02
# Seconds that a platform runs before it is killed, at least and at most.
LIFE = (0.05, 3.0)


@dataclass(frozen=True)
class Operation:
    """A top-up or a call, which is the same one however often it is sent."""

    number: int

    @property
    def organisation(self) -> int:
        return self.number % ORGANISATIONS

    @property
    def is_top_up(self) -> bool:
        return self.number % 10 == 0

    @property
    def key(self) -> str:
        return f"operation-{self.number}"


@dataclass
class Told:
    """What callers were told: by each operation's key, what was booked, and in which request."""

    micro_usd: dict[str, int] = field(default_factory=dict)
    request_ids: dict[str, str] = field(default_factory=dict)
    broken: int = 0
    """Attempts that reached the platform and got no answer."""


class Platform:
    """A process that is killed and started again."""

    def __init__(self, state: Path) -> None:
        self.port = settled_port()
        self._command = [sys.executable, "-m", "pareta_openai", "local", "--state", str(state)]
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            [*self._command, "--port", str(self.port)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self._process.stdout is not None
        if not self._process.stdout.readline():
            raise SystemExit("The platform did not start.")

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate()


def settled_port() -> int:
    """A free port that no outgoing connection is given while nobody listens on it."""
    while True:
        with closing(socket.socket()) as listener, suppress(OSError):
            listener.bind(("127.0.0.1", random.randrange(20_000, 30_000)))
            return int(listener.getsockname()[1])


def post(
    connection: http.client.HTTPConnection, path: str, body: Mapping[str, object], headers: Mapping[str, str]
) -> tuple[http.client.HTTPResponse, bytes]:
    connection.request("POST", path, json.dumps(body).encode(), {"Content-Type": "application/json", **headers})
    answer = connection.getresponse()
    content = answer.read()
    if answer.status >= 300:
        raise SystemExit(f"{path} was answered with {answer.status}: {content.decode()}")
    return answer, content


def call_all(port: int, organisations: list[dict[str, str]], numbers: list[int]) -> Told:
    """One caller: one operation after the other, each until it is answered."""
    told = Told()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for operation in map(Operation, numbers):
        organisation = organisations[operation.organisation]
        headers = {"Idempotency-Key": operation.key}
        if operation.is_top_up:
            path = f"/_local/organisations/{organisation['id']}/top-ups"
            body: dict[str, object] = {"micro_usd": TOP_UP_MICRO_USD}
        else:
            path = "/v1/chat/completions"
            body = {"model": "contract-kie-1", "messages": [{"role": "user", "content": operation.key}]}
            headers["Authorization"] = f"Bearer {organisation['api_key']}"
        while True:
            try:
                answer, _ = post(connection, path, body, headers)
                break
            except (OSError, http.client.HTTPException) as error:
                told.broken += not isinstance(error, ConnectionRefusedError)
                connection.close()
                time.sleep(RETRY_SECONDS)
        told.micro_usd[operation.key] = int(answer.headers.get("X-Pareta-Billed") or TOP_UP_MICRO_USD)
        told.request_ids[operation.key] = answer.headers["x-request-id"]
    connection.close()
    return told


def call_from_threads(port: int, organisations: list[dict[str, str]], shares: list[list[int]]) -> list[Told]:
    with ThreadPoolExecutor(len(shares)) as threads:
        return list(threads.map(lambda numbers: call_all(port, organisations, numbers), shares))


def kill_until(is_over: threading.Event, platform: Platform, moments: random.Random) -> int:
    """How often."""
    kills = 0
    while not is_over.wait(moments.uniform(*LIFE)):
        platform.kill()
        kills += 1
        platform.start()
    return kills


def differences(state: Path, told: list[Told]) -> Iterator[str]:
    """Between what the callers were told and what stands in the file."""
    said = {key: micro_usd for one in told for key, micro_usd in one.micro_usd.items()}
    with closing(sqlite3.connect(state)) as db:
        (integrity,) = db.execute("PRAGMA integrity_check").fetchone()
        if integrity != "ok":
            yield f"the file is damaged: {integrity}"
        for name, *books in db.execute(
            "SELECT id, balance_micro_usd,"
            " (SELECT coalesce(sum(micro_usd), 0) FROM debits WHERE organisation_id = organisations.id),"
            " (SELECT coalesce(sum(micro_usd), 0) FROM top_ups WHERE organisation_id = organisations.id)"
            " FROM organisations"
        ):
            balance, spent, paid_in = books
            if balance + spent != paid_in:
                yield f"{name}: a balance of {balance} and {spent} spent are not the {paid_in} that were paid in"
        rows = db.execute(
            "SELECT idempotency_key, micro_usd FROM debits UNION ALL"
            " SELECT idempotency_key, micro_usd FROM top_ups WHERE idempotency_key IS NOT NULL"
        ).fetchall()
    for key, times in Counter(key for key, _ in rows).items():
        if times > 1:
            yield f"{key} is booked {times} times"
    booked = dict(rows)
    for key in said.keys() | booked.keys():
        if said.get(key) != booked.get(key):
            yield f"{key}: {said.get(key)} was told, {booked.get(key)} is booked"


def lost_answers(state: Path, told: list[Told]) -> int:
    """How many calls were booked in a request that was not answered, and found again in a later one."""
    with closing(sqlite3.connect(state)) as db:
        booked = dict(db.execute("SELECT idempotency_key, request_id FROM debits"))
    answered = {key: request_id for one in told for key, request_id in one.request_ids.items()}
    return sum(answered[key] != request_id for key, request_id in booked.items())


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--operations", type=int, default=10_000)
    arguments.add_argument("--callers", type=int, default=64)
    arguments.add_argument("--seed", type=int, default=1, help="of the moments at which the platform is killed")
    arguments.add_argument("--no-results", action="store_true", help="leave RESULTS.md as it is")
    options = arguments.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder, "state.sqlite")
        platform = Platform(state)
        setup = http.client.HTTPConnection("127.0.0.1", platform.port)
        funds = {"balance_micro_usd": 10**9, "endpoints": ["contract-key-fields"]}
        organisations = [json.loads(post(setup, "/_local/organisations", funds, {})[1]) for _ in range(ORGANISATIONS)]
        setup.close()

        shares = [list(range(caller, options.operations, options.callers)) for caller in range(options.callers)]
        began = time.perf_counter()
        is_over = threading.Event()
        with (
            ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as processes,
            ThreadPoolExecutor(1) as killer,
        ):
            kills: Future[int] = killer.submit(kill_until, is_over, platform, random.Random(options.seed))
            running = [
                processes.submit(call_from_threads, platform.port, organisations, shares[process::PROCESSES])
                for process in range(PROCESSES)
            ]
            try:
                told = [one for future in running for one in future.result()]
            finally:
                is_over.set()
        seconds = time.perf_counter() - began
        platform.kill()

        found = list(differences(state, told))
        answered = sum(len(one.micro_usd) for one in told)
        figures = [
            ("Operations (debits and top-ups), each answered in the end", f"{answered:,}"),
            ("Callers at once, in 4 processes", f"{options.callers:,}"),
            ("Kills with signal 9", f"{kills.result():,}"),
            ("Attempts that broke off without an answer", f"{sum(one.broken for one in told):,}"),
            ("Debits booked by an attempt whose answer was lost", f"{lost_answers(state, told):,}"),
            ("Debits and top-ups that are missing, doubled or of another amount", f"{len(found):,}"),
            ("Seconds, with all the starts", f"{seconds:.0f}"),
        ]
    for what, figure in figures:
        print(f"{what}: {figure}")
    for difference in found[:20]:
        print(difference, file=sys.stderr)
    if found or answered != options.operations:
        raise SystemExit(1)
    if not options.no_results:
        write_section(
            HEADING,
            [
                "A platform process is killed at random moments and started again on the same file, and what its"
                " callers were told is then compared",
                "with what stands in it (`python benchmarks/ledger.py`; it ends with 1 where they differ).",
                f"Python {machine.python_version()}, SQLite {sqlite3.sqlite_version}, {os.cpu_count()} cores,"
                f" pareta-openai {version('pareta-openai')}.",
                "",
                "| What | Figure |",
                "|---|---|",
                *(f"| {what} | {figure} |" for what, figure in figures),
            ],
        )


if __name__ == "__main__":
    main()
