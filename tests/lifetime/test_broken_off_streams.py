"""A stream that is broken off frees its connection while the client lives on."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest

from tests.lifetime.leftovers import Held, collect_garbage, let_finalizers_run, noise, of_ours, without_warnings
from tests.lifetime.setting import Setting
from tests.lifetime.ways import EACH_WAY, LEAVES_IT_OPEN, WAYS
from tests.support import MESSAGES, settle

pytestmark = pytest.mark.anyio

EACH_STREAM = pytest.mark.parametrize("what", ["chat", "deploy"])


@EACH_STREAM
@EACH_WAY
async def test_a_broken_off_stream_frees_its_connection(setting: Setting, way: str, what: str) -> None:
    """At once where there was a block or a cancelled task, and else when nobody holds it."""
    with noise() as heard:
        client = setting.client()
        before = Held()
        stream = await setting.open(client, what)
        await settle(WAYS[setting.kind][way](stream))
        if way in LEAVES_IT_OPEN:
            del stream
            await collect_garbage()
        await before.nothing_new()
        await settle(client.close())
        await collect_garbage()
    assert (without_warnings if way in LEAVES_IT_OPEN else of_ours)(heard) == []


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collector")
@EACH_STREAM
async def test_a_stream_that_nobody_holds_ends_without_the_collector(setting: Setting, what: str) -> None:
    """`for chunk in client.chat.completions.create(…, stream=True): break`, while the platform has more to say."""
    with noise() as heard:
        client = setting.client()
        before = Held()
        await settle(WAYS[setting.kind]["break"](await setting.open(client, what)))
        await let_finalizers_run()
        await before.nothing_new()
        await settle(client.close())
        await collect_garbage()
    assert without_warnings(heard) == []


async def open_raw(setting: Setting, client: Any, path: str) -> Any:
    """Something to enter, whose stream has no end."""
    completions = client.chat.completions
    arguments = {"model": setting.endpoint, "messages": MESSAGES, "extra_headers": setting.silent_after_two_events}
    if path == "stream helper":
        # openai 1.66 has it under beta only.
        helpers = completions if hasattr(completions, "stream") else client.beta.chat.completions
        return helpers.stream(**arguments)
    if path == "streaming response":
        return completions.with_streaming_response.create(stream=True, **arguments)
    raw = await settle(completions.with_raw_response.create(stream=True, **arguments))
    return raw.parse()


@pytest.mark.parametrize("path", ["raw response", "streaming response", "stream helper"])
async def test_a_block_around_any_path_to_a_stream_frees_its_connection(setting: Setting, path: str) -> None:
    with noise() as heard:
        client = setting.client()
        before = Held()
        opened = await open_raw(setting, client, path)
        if setting.kind == "sync":
            with opened as entered:
                if path != "streaming response":
                    next(iter(entered))
        else:
            async with opened as entered:
                if path != "streaming response":
                    await entered.__anext__()
        await before.nothing_new()
        await settle(client.close())
        del opened, entered
        await collect_garbage()
    assert without_warnings(heard) == []  # openai's helper leaves its generators to the collector
