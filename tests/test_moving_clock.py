"""Pauses that move the platform's clock in place of being slept, as users' tests have them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import openai
import pytest

import pareta_openai
from pareta_openai import WaitTimeoutError, _openai, waiting
from pareta_openai.local import LocalPlatform, Organisation, faults
from tests.support import MESSAGES, settle

pytestmark = pytest.mark.anyio

LONG = 60.0
"""Seconds that no test would sit through."""


@pytest.fixture(autouse=True)
def no_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who sleeps for longer than a checkpoint fails."""
    import anyio

    checkpoint = anyio.sleep

    def sleep(seconds: float) -> None:
        assert not seconds

    async def sleep_async(seconds: float) -> None:
        assert not seconds
        await checkpoint(0)

    for module in ("openai._base_client", "pareta_openai.resources._calls"):
        monkeypatch.setattr(f"{module}.time.sleep", sleep)
        monkeypatch.setattr(f"{module}.anyio.sleep", sleep_async)


@pytest.fixture
def platform() -> Iterator[LocalPlatform]:
    with LocalPlatform(deploy_seconds=LONG) as running:
        yield running


@pytest.fixture
def moving(platform: LocalPlatform) -> Iterator[LocalPlatform]:
    """The platform, with clients that move its clock."""

    def replace(base_url: object, seconds: float) -> float:
        return waiting.seconds_to_sleep(base_url, seconds)

    with (
        waiting.moving_clock(platform.base_url, lambda seconds: platform.clock.advance(seconds=seconds)),
        _openai.replace_pauses(replace),
    ):
        yield platform


async def test_a_retry_after_is_honoured_in_platform_time(
    client: Any, moving: LocalPlatform, organisation: Organisation, endpoint: str
) -> None:
    organisation.add_fault(faults.status(429, retry_after=LONG))
    await settle(client.with_options(max_retries=1).chat.completions.create(model=endpoint, messages=MESSAGES))
    assert moving.clock.ahead == LONG


async def test_a_wait_for_an_endpoint_takes_platform_time(client: Any, moving: LocalPlatform, endpoint: str) -> None:
    await settle(client.endpoints.stop(endpoint))
    assert (await settle(client.endpoints.ensure_live(endpoint))).is_live
    assert moving.clock.ahead >= LONG - 1


async def test_a_wait_runs_out_of_platform_time(client: Any, moving: LocalPlatform, endpoint: str) -> None:
    await settle(client.endpoints.stop(endpoint))
    with pytest.raises(WaitTimeoutError, match="after 30 s"):
        await settle(client.endpoints.ensure_live(endpoint, timeout=30))
    assert moving.clock.ahead == pytest.approx(30, abs=1)


async def test_a_call_runs_out_of_platform_time(
    client: Any, moving: LocalPlatform, organisation: Organisation, endpoint: str
) -> None:
    organisation.add_fault(faults.status(429, retry_after=LONG / 2), times=None)
    hasty = client.with_options(max_retries=9, call_timeout=LONG)
    with pytest.raises(pareta_openai.RateLimitError):
        await settle(hasty.chat.completions.create(model=endpoint, messages=MESSAGES))
    assert moving.clock.ahead == LONG / 2


@pytest.mark.parametrize("kind", [openai.OpenAI, openai.AsyncOpenAI])
async def test_openais_own_clients_move_it_too(
    kind: Any, moving: LocalPlatform, organisation: Organisation, endpoint: str
) -> None:
    organisation.add_fault(faults.status(429, retry_after=LONG))
    client = kind(api_key=organisation.api_key, base_url=f"{moving.base_url}/v1")
    await settle(client.chat.completions.create(model=endpoint, messages=MESSAGES))
    await settle(client.close())
    assert moving.clock.ahead == LONG


async def test_clients_of_other_platforms_sleep(
    build: Callable[..., Any], moving: LocalPlatform, endpoint: str
) -> None:
    with LocalPlatform() as other:
        organisation = other.create_organisation(endpoints=("invoice-extraction",))
        organisation.add_fault(faults.status(429, retry_after=LONG))
        client = build(api_key=organisation.api_key, base_url=other.base_url, max_retries=1)
        with pytest.raises(AssertionError):
            await settle(client.chat.completions.create(model=endpoint, messages=MESSAGES))
    assert moving.clock.ahead == 0


@pytest.mark.parametrize("kind", [openai.OpenAI, pareta_openai.OpenAI])
def test_without_it_pauses_are_slept(kind: Any, platform: LocalPlatform) -> None:
    with contextlib.suppress(KeyError), waiting.moving_clock(platform.base_url, lambda _: None):
        raise KeyError
    with contextlib.suppress(KeyError), _openai.replace_pauses(lambda *_: 0.0):
        raise KeyError
    organisation = platform.create_organisation()
    organisation.add_fault(faults.status(429, retry_after=LONG))
    with (
        kind(api_key=organisation.api_key, base_url=f"{platform.base_url}/v1") as client,
        pytest.raises(AssertionError),
    ):
        client.models.list()
    assert platform.clock.ahead == 0


def test_where_openai_has_moved_the_hook_its_clients_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    [home] = [base for base in openai.OpenAI.__mro__ if "_calculate_retry_timeout" in vars(base)]
    monkeypatch.delattr(home, "_calculate_retry_timeout")
    with _openai.replace_pauses(lambda *_: 0.0):
        assert not hasattr(openai.OpenAI, "_calculate_retry_timeout")
