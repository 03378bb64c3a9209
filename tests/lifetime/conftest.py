"""The three kinds of client: sync, async under asyncio, async under trio."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from pareta_openai.local import LocalPlatform, Organisation
from tests.lifetime.setting import Setting


@pytest.fixture(params=["sync", "asyncio", "trio"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which client, and for the async one which event loop."""
    kind: str = request.param
    return kind


@pytest.fixture
def anyio_backend(kind: str) -> str:
    return "trio" if kind == "trio" else "asyncio"


@pytest.fixture(autouse=True)
def quick_collections() -> Iterator[None]:
    """The collector looks only at what the test itself has made."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def setting(platform: LocalPlatform, organisation: Organisation, kind: str) -> Setting:
    return Setting(platform, organisation, kind)
