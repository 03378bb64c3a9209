"""Nothing is left of a client that was closed."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from tests.lifetime.leftovers import Held, collect_garbage, noise, without_warnings
from tests.lifetime.setting import Setting
from tests.lifetime.ways import WAYS
from tests.support import MESSAGES, collect, settle

pytestmark = pytest.mark.anyio


async def use(setting: Setting, client: Any, what: str) -> Any:
    """Gives what the caller is still to hold when the client is closed."""
    if what == "call":
        return await setting.chat(client)
    if what == "refused call":
        with pytest.raises(openai.NotFoundError):
            await settle(client.chat.completions.create(model="nobody", messages=MESSAGES))
        return None
    if what == "whole stream":
        stream = await setting.chat(client, stream=True)
        await collect(stream)
        return stream
    stream = await setting.open(client, "deploy" if "deploy" in what else "chat")
    if what.startswith("broken off"):
        await settle(WAYS[setting.kind]["break"](stream))
    return stream


USES = ("call", "refused call", "whole stream", "unread stream", "broken off stream", "broken off deploy")


@pytest.mark.parametrize("what", USES)
async def test_closing_a_client_leaves_no_socket_task_or_thread(setting: Setting, what: str) -> None:
    before = Held()
    with noise() as heard:
        client = setting.client()
        held = await use(setting, client, what)
        await settle(client.close())
        await before.nothing_new()
        del held
        await collect_garbage()
        await before.nothing_new()
    assert without_warnings(heard) == []


async def test_a_client_that_is_closed_twice_or_unused_leaves_nothing(setting: Setting) -> None:
    before = Held()
    with noise() as heard:
        client = setting.client()
        await settle(client.close())
        await settle(client.close())
        await before.nothing_new()
    assert heard == []
