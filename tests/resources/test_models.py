"""`client.models`: the live endpoints."""

from __future__ import annotations

from typing import Any

import openai
import pytest
from openai.pagination import AsyncPage, SyncPage

from tests.support import collect, settle

pytestmark = pytest.mark.anyio


async def test_the_list_iterates_and_has_a_length(client: Any, endpoint: str) -> None:
    models = await settle(client.models.list())
    assert len(models) == 1
    assert [model.id for model in await collect(models)] == [endpoint]
    assert models.data[0].owned_by.startswith("pareta")


async def test_only_live_endpoints_are_listed(client: Any, endpoint: str) -> None:
    await settle(client.endpoints.stop(endpoint))
    assert len(await settle(client.models.list())) == 0


async def test_it_pages_as_openais_does(client: Any, endpoint: str) -> None:
    page = await settle(client.models.list())
    assert isinstance(page, (SyncPage, AsyncPage))
    assert not page.has_next_page()
    assert page.next_page_info() is None
    if isinstance(client, openai.AsyncOpenAI):
        assert [model.id async for model in client.models.list()] == [endpoint]
    else:
        assert [model.id for model in client.models.list()] == [endpoint]


async def test_a_raw_response_parses_to_the_same(client: Any, endpoint: str) -> None:
    for raw in (
        await settle(client.models.with_raw_response.list()),
        await settle(client.with_raw_response.models.list()),
    ):
        assert raw.headers["x-request-id"]
        page = await settle(raw.parse())
        assert [model.id for model in page.data] == [endpoint]
        assert len(page) == 1
