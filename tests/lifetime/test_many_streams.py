"""Streams that are read side by side.

``STREAMS=500 python -m pytest tests/lifetime/test_many_streams.py`` has 500 open at once; without it, 100.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import anyio
import pytest

from pareta_openai import AsyncOpenAI
from pareta_openai.local import LocalPlatform
from tests.lifetime.leftovers import Held, noise, without_warnings
from tests.support import answers, ask

STREAMS = int(os.environ.get("STREAMS", "100"))


@pytest.fixture
def many_sockets() -> Iterator[None]:
    """Both ends of each connection are in this process."""
    resource = pytest.importorskip("resource")
    wanted = 3 * STREAMS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        if hard != resource.RLIM_INFINITY and hard < wanted:
            pytest.skip(f"needs {wanted} open files")
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.anyio
@pytest.mark.usefixtures("many_sockets")
@pytest.mark.parametrize("kind", ["asyncio", "trio"])
async def test_many_streams_are_read_side_by_side(platform: LocalPlatform) -> None:
    """All of them are open before one is read to its end, and each is billed once."""
    organisation = platform.create_organisation(balance_micro_usd=10**12, endpoints=("invoice-extraction",))
    [endpoint] = organisation.endpoints
    texts: dict[int, str] = {}
    open_streams = 0
    all_are_open = anyio.Event()

    async def converse(client: AsyncOpenAI, number: int) -> None:
        nonlocal open_streams
        stream = await client.chat.completions.create(
            model=endpoint, messages=ask(f"Question {number}."), stream=True, timeout=600
        )
        first = await stream.__anext__()
        open_streams += 1
        if open_streams == STREAMS:
            all_are_open.set()
        await all_are_open.wait()
        pieces = [first.choices[0].delta.content or ""]
        async for chunk in stream:
            pieces.append(chunk.choices[0].delta.content or "")
        texts[number] = "".join(pieces)
        assert stream.response.is_closed

    before = Held()
    with noise() as heard:
        client = AsyncOpenAI(api_key=organisation.api_key, base_url=platform.base_url, max_retries=0)
        async with client, anyio.create_task_group() as tasks:
            for number in range(STREAMS):
                tasks.start_soon(converse, client, number)
        await before.nothing_new()
    assert without_warnings(heard) == []
    assert len(texts) == STREAMS
    assert [number for number, text in texts.items() if not answers(text, f"Question {number}.")] == []
    debits = organisation.ledger()
    assert len(debits) == len({debit.request_id for debit in debits}) == STREAMS
