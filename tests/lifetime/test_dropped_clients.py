"""Clients that nobody closed."""

from __future__ import annotations

import gc
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest

from tests.lifetime.leftovers import Held, collect_garbage, noise, without_warnings
from tests.lifetime.setting import Setting
from tests.lifetime.ways import WAYS
from tests.support import collect, settle


async def use(setting: Setting, client: Any, what: str) -> None:
    if what == "call":
        await setting.chat(client)
    elif what == "whole stream":
        await collect(await setting.chat(client, stream=True))
    else:
        stream = await setting.open(client, "deploy" if what == "broken off deploy" else "chat")
        if what != "unread stream":
            way = "cancelled in block" if what == "cancelled stream" else "break"
            await settle(WAYS[setting.kind][way](stream))


def drop(setting: Setting, what: str, where: str) -> None:
    """Use a client, and let go of it."""
    backend = "trio" if setting.kind == "trio" else "asyncio"
    clients = [setting.client()]

    async def until(end: Callable[[], Awaitable[None]]) -> None:
        await use(setting, clients[0], what)
        await end()

    async def drop_and_go_on() -> None:
        clients.clear()
        await collect_garbage()

    async def drop_and_end() -> None:
        clients.clear()
        gc.collect()

    async def end() -> None:
        pass

    if where == "in its loop":
        anyio.run(until, drop_and_go_on, backend=backend)
    elif where == "at its loop's end":
        anyio.run(until, drop_and_end, backend=backend)
    elif where == "after its loop":
        anyio.run(until, end, backend=backend)
        clients.clear()
        gc.collect()
    else:
        anyio.run(until, end, backend=backend)
        anyio.run(drop_and_go_on, backend=backend)


@pytest.mark.parametrize("where", ["in its loop", "at its loop's end", "after its loop", "in a later loop"])
@pytest.mark.parametrize(
    "what", ["call", "whole stream", "unread stream", "broken off stream", "broken off deploy", "cancelled stream"]
)
@pytest.mark.parametrize("kind", ["asyncio", "trio"])
def test_an_async_client_that_was_never_closed_leaves_no_socket_and_no_error(
    setting: Setting, what: str, where: str
) -> None:
    """No "Event loop is closed", no "Task exception was never retrieved", no "Task was destroyed"."""

    async def compare() -> list[str]:
        before = Held()
        with noise() as heard:
            await anyio.to_thread.run_sync(drop, setting, what, where)
        await before.nothing_new()
        return heard

    heard = anyio.run(compare)
    assert without_warnings(heard) == []


@pytest.mark.parametrize("what", ["call", "whole stream", "unread stream", "broken off stream", "broken off deploy"])
@pytest.mark.parametrize("kind", ["sync"])
@pytest.mark.anyio
async def test_a_sync_client_that_was_never_closed_leaves_no_socket_and_no_error(setting: Setting, what: str) -> None:
    before = Held()
    with noise() as heard:
        client = setting.client()
        await use(setting, client, what)
        del client
        await collect_garbage()
        await before.nothing_new()
    assert without_warnings(heard) == []
