"""A platform that is killed with signal 9, and what its state file knows then."""

from __future__ import annotations

import http.client
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress

import pytest

from pareta_openai.local import LocalPlatform

CALLS = 1_000
CALLERS = 32
PRICE = 820
# What a caller meets while nobody listens, or whoever did is gone.
GONE = (OSError, http.client.HTTPException)


class KilledPlatform:
    """A platform process that can be killed and started again, at the same address on the same file."""

    def __init__(self, state, environment):
        self._arguments = ["--state", str(state), "--port", str(settled_port())]
        self._environment = environment
        self.start()

    def start(self):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pareta_openai", "local", *self._arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=self._environment,
        )
        assert self._process.stdout is not None
        self.url, self.api_key = (self._process.stdout.readline().rstrip("\n").partition("=")[2] for _ in range(2))
        assert self.url

    def kill(self):
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate()


def settled_port():
    """A free port that no outgoing connection is given while nobody listens on it."""
    while True:
        with closing(socket.socket()) as listener, suppress(OSError):
            listener.bind(("127.0.0.1", random.randrange(20_000, 30_000)))
            return listener.getsockname()[1]


@pytest.fixture
def killed(environment, tmp_path):
    platform = KilledPlatform(tmp_path / "state.sqlite", environment)
    yield platform
    platform.kill()


def test_a_kill_amid_1000_calls_loses_no_booked_debit_and_books_none_twice(killed, caller, tmp_path):
    call = caller(killed.url, killed.api_key)
    answered: dict[str, str] = {}
    answers = threading.Condition()

    def insist(key):
        """Sends it until it is answered, as a client with retries does."""
        while True:
            try:
                answer = call.chat(model="ep_contract_kie", key=key)
            except GONE:
                time.sleep(0.01)
                continue
            assert answer.status == 200, answer.body
            with answers:
                answered[key] = answer.headers["X-Pareta-Billed"]
                answers.notify()
            return

    keys = [f"call-{number}" for number in range(CALLS)]
    with ThreadPoolExecutor(CALLERS) as threads:
        calls = [threads.submit(insist, key) for key in keys]
        with answers:
            assert answers.wait_for(lambda: len(answered) > CALLS // 3, timeout=60)
            killed.kill()
            before = set(answered)
        booked = booked_keys(tmp_path / "state.sqlite")
        killed.start()
        for done in calls:
            done.result()

    assert before <= booked
    assert len(booked) < CALLS
    assert set(answered.values()) == {str(PRICE)}
    assert sorted(booked_keys(tmp_path / "state.sqlite", list)) == sorted(keys)
    account = call("GET", "/_local/organisation").json()
    assert account["spent_micro_usd"] == CALLS * PRICE
    assert account["balance_micro_usd"] == 5_000_000 - CALLS * PRICE


def booked_keys(state, kind=set):
    """From the file itself, whoever has it open."""
    with closing(sqlite3.connect(state)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        balance, spent, paid_in = connection.execute(
            "SELECT (SELECT sum(balance_micro_usd) FROM organisations), (SELECT sum(micro_usd) FROM debits),"
            " (SELECT sum(micro_usd) FROM top_ups)"
        ).fetchone()
        assert balance + spent == paid_in
        return kind(key for (key,) in connection.execute("SELECT idempotency_key FROM debits"))


def test_a_top_up_whose_answer_was_lost_is_booked_once(killed, caller):
    admin = caller(killed.url, None)
    home = "/_local/organisations/org_default"
    admin("POST", f"{home}/top-ups", {"micro_usd": 7}, {"Idempotency-Key": "card-1"})
    killed.kill()
    killed.start()
    admin("POST", f"{home}/top-ups", {"micro_usd": 7}, {"Idempotency-Key": "card-1"})
    assert admin("GET", home).json()["balance_micro_usd"] == 5_000_007


def test_the_books_add_up_at_any_moment_under_64_callers(caller):
    """Of which some repeat one another's calls, and some top up, while others read the books."""
    with LocalPlatform() as platform:
        organisation = platform.create_organisation(balance_micro_usd=100 * PRICE, endpoints=("contract-key-fields",))
        call, admin = caller(platform.base_url, organisation.api_key), caller(platform.base_url, None)
        home = f"/_local/organisations/{organisation.id}"
        is_over = threading.Event()

        def look():
            looks = 0
            while not is_over.is_set() or not looks:
                account = admin("GET", home).json()
                assert account["balance_micro_usd"] + account["spent_micro_usd"] == account["topped_up_micro_usd"]
                looks += 1
            return looks

        def spend(number):
            if number % 8:
                return call.chat(model="contract-kie-1", key=f"pair-{number // 2}").status
            admin("POST", f"{home}/top-ups", {"micro_usd": PRICE})
            return call.chat(model="contract-kie-1").status

        with ThreadPoolExecutor(66) as threads:
            lookers = [threads.submit(look) for _ in range(2)]
            statuses = list(threads.map(spend, range(512)))
            is_over.set()
            assert all(looker.result() for looker in lookers)

        paid = 100 + 512 // 8
        assert len(organisation.ledger()) == paid
        assert organisation.balance_micro_usd == 0
        assert set(statuses) == {200, 402}
