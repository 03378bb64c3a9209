"""A call that is cancelled frees its connection, and the client goes on."""

from __future__ import annotations

import asyncio
from typing import Any

import anyio
import pytest

from pareta_openai.local import faults
from tests.lifetime.leftovers import Held
from tests.lifetime.setting import Setting

pytestmark = pytest.mark.anyio

ASYNC = pytest.mark.parametrize("kind", ["asyncio", "trio"])
SILENCES = {"no answer": faults.latency(before_headers=60), "no body": faults.stall()}


@ASYNC
@pytest.mark.parametrize("silence", SILENCES)
async def test_a_call_that_is_cancelled_frees_its_connection(setting: Setting, silence: str) -> None:
    client = setting.client()
    before = Held()
    with anyio.move_on_after(0.02) as scope:
        await setting.chat(client, extra_headers=faults.header(SILENCES[silence]))
    assert scope.cancelled_caught
    await before.nothing_new()
    await setting.chat(client)
    await client.close()
    await before.nothing_new()


@pytest.mark.parametrize("kind", ["asyncio"])
async def test_a_call_whose_task_is_cancelled_frees_its_connection(setting: Setting) -> None:
    """As asyncio's own programs do it."""
    client = setting.client()
    before = Held()
    headers = faults.header(SILENCES["no answer"])
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(setting.chat(client, extra_headers=headers), 0.02)
    await before.nothing_new()
    await setting.chat(client)
    await client.close()
    await before.nothing_new()


@ASYNC
async def test_a_deploy_that_is_waited_for_and_cancelled_frees_its_connection(setting: Setting) -> None:
    client = setting.client()
    before = Held()
    setting.organisation.add_fault(faults.stall(after_events=2), on="deployEndpoint")
    with anyio.CancelScope() as scope:
        events = []

        def note(event: Any) -> None:
            events.append(event)
            if len(events) == 2:
                scope.cancel()

        await client.endpoints.deploy(task="invoice-extraction", wait=True, on_progress=note)
    assert scope.cancelled_caught
    await before.nothing_new()
    await client.close()
