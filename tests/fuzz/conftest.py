"""One server and two clients for all fuzzers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from inspect import isawaitable
from typing import Any

import pytest

from pareta_openai import AsyncOpenAI, OpenAI
from tests.fuzz.harness import TIMEOUT, RawServer, nothing_leaves_this_machine, ran, raw_server

KEY = "pareta_sk_fuzz_0123456789"


@pytest.fixture(scope="session")
def server() -> Iterator[RawServer]:
    with raw_server() as running:
        yield running


@pytest.fixture(autouse=True)
def only_this_machine() -> Iterator[None]:
    with nothing_leaves_this_machine():
        yield


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


@pytest.fixture(scope="session", params=["sync", "async"])
def run(
    request: pytest.FixtureRequest, server: RawServer, loop: asyncio.AbstractEventLoop
) -> Iterator[Callable[[Callable[[Any], Any]], Any]]:
    """Makes a call, which is given the client, with the sync client or with the async one, to its end."""
    client_class = OpenAI if request.param == "sync" else AsyncOpenAI
    # The server closes each connection, and a call must not be sent on one of which that is not yet known.
    headers = {"Connection": "close"}
    client = client_class(
        api_key=KEY, base_url=server.base_url, max_retries=0, timeout=TIMEOUT, default_headers=headers
    )

    async def finish(value: Any) -> Any:
        return await value if isawaitable(value) else value

    def run(call: Callable[[Any], Any]) -> Any:
        return loop.run_until_complete(finish(call(client)))

    yield run
    run(lambda client: client.close())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if ran:
        terminalreporter.section("inputs of the fuzzers")
        for fuzzer, inputs in sorted(ran.items()):
            terminalreporter.line(f"{inputs:8d}  {fuzzer}")
