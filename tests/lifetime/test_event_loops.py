"""One async client, and more than one event loop: a module keeps it, and each function has a loop of its own."""

from __future__ import annotations

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest

import pareta_openai
from tests.lifetime.leftovers import descriptors, noise, until_empty, without_warnings
from tests.lifetime.setting import Setting
from tests.support import ScriptedServer, collect, json_answer


@pytest.fixture
def kind() -> str:
    return "asyncio"


async def ask(setting: Setting, client: Any) -> None:
    completion = await setting.chat(client)
    assert completion.choices[0].message.content
    assert len(await collect(await setting.chat(client, stream=True))) > 3
    assert len(await collect(await client.endpoints.deploy(task="invoice-extraction"))) > 1


def test_a_client_answers_in_one_event_loop_after_another(setting: Setting) -> None:
    with noise() as heard:
        client = setting.client()
        for _ in range(3):
            asyncio.run(ask(setting, client))
        asyncio.run(client.close())
        del client
    assert without_warnings(heard) == []


def test_a_client_answers_after_a_loop_that_was_only_closed(setting: Setting) -> None:
    """Without what `asyncio.run` does at its end."""
    with noise() as heard:
        client = setting.client()
        for _ in range(3):
            loop = asyncio.new_event_loop()
            loop.run_until_complete(ask(setting, client))
            loop.close()
        asyncio.run(client.close())
        del client
    assert without_warnings(heard) == []


def test_a_client_answers_in_many_event_loops_at_once(setting: Setting) -> None:
    client = setting.client()

    async def ask_often() -> None:
        for _ in range(3):
            await setting.chat(client)

    with noise() as heard:
        with ThreadPoolExecutor(16) as threads:
            for answered in [threads.submit(asyncio.run, ask_often()) for _ in range(32)]:
                answered.result()
        asyncio.run(client.close())
    assert without_warnings(heard) == []
    assert len(setting.organisation.ledger()) == 3 * 32


def test_connections_of_a_loop_that_has_ended_are_not_kept(setting: Setting) -> None:
    client = setting.client()

    def ask_in_a_loop_of_its_own() -> None:
        asyncio.run(ask(setting, client))
        gc.collect()

    async def count() -> None:
        await anyio.to_thread.run_sync(ask_in_a_loop_of_its_own)
        first = sum(descriptors().values())
        for _ in range(5):
            await anyio.to_thread.run_sync(ask_in_a_loop_of_its_own)
        await until_empty(lambda: range(first, sum(descriptors().values())))
        await client.close()

    with noise():
        anyio.run(count)


def test_a_cookie_of_one_loop_is_sent_by_the_next(script: ScriptedServer) -> None:
    """As a load balancer sets one, to have all requests of a client at the same place."""
    client = pareta_openai.AsyncOpenAI(api_key="pareta_sk_test_0123456789", base_url=script.base_url, max_retries=0)
    script.answer(json_answer({"tasks": []}, **{"set-cookie": "place=7"}))
    with noise():
        asyncio.run(client.tasks.list())
        asyncio.run(client.tasks.list())
        asyncio.run(client.close())
        del client
    first, second = (received.raw.decode() for received in script.received)
    assert "place=7" not in first
    assert "place=7" in second


def test_a_closed_client_says_that_it_is_closed_in_every_loop(setting: Setting) -> None:
    client = setting.client()
    asyncio.run(client.close())
    assert client.is_closed()
    with pytest.raises((RuntimeError, pareta_openai.APIConnectionError)) as caught:
        asyncio.run(setting.chat(client))
    assert "closed" in f"{caught.value} {caught.value.__cause__}"
