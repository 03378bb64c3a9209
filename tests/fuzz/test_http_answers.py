"""Fuzzing every call with answers of which any part may be wrong, on both clients. See `harness` for longer runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.harness import RawServer, bounded, ran
from tests.fuzz.hostile_http import answers
from tests.fuzz.junk import write_bytes
from tests.fuzz.operations import LINES, MODES, OPERATIONS, Operation, ask

# The standard library says so of its own.
pytestmark = pytest.mark.filterwarnings("ignore:http.cookiejar bug")

ASKED = st.sampled_from(OPERATIONS).flatmap(
    lambda operation: st.tuples(st.just(operation), answers(write_bytes(operation.answer)))
)


@bounded(800)
@given(ASKED, st.sampled_from([*MODES, LINES]))
def test_whatever_bytes_come_the_caller_gets_a_value_or_a_pareta_error(
    run: Callable[..., Any], server: RawServer, asked: tuple[Operation, bytes], mode: str
) -> None:
    ran["calls: bytes of any kind"] += 1
    operation, server.answer = asked
    ask(run, operation, mode)


@pytest.fixture
def no_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the server asks for."""

    async def at_once(_: float) -> None: ...

    monkeypatch.setattr(time, "sleep", lambda _: None)
    monkeypatch.setattr(anyio, "sleep", at_once)


@bounded(300)
@given(ASKED)
@pytest.mark.usefixtures("no_sleep")
def test_it_is_so_where_calls_are_retried_and_endpoints_started(
    run: Callable[..., Any], server: RawServer, asked: tuple[Operation, bytes]
) -> None:
    ran["calls: bytes of any kind, with retries"] += 1
    operation, server.answer = asked
    options = {"max_retries": 1, "on_not_ready": "start", "not_ready_timeout": 0.001}
    ask(run, operation, "plain", **options)
