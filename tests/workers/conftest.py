"""An organisation whose key the worker processes have: the clusters are started once, with it in their environment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import pareta_openai
from pareta_openai.local import LocalPlatform, Organisation
from tests.workers import calls


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """Not even looked at but with ``-m workers``: Ray, Dask and Celery are in an environment of their own."""
    return None if config.option.markexpr == "workers" else True


@pytest.fixture(scope="session")
def employer(platform: LocalPlatform) -> Organisation:
    return platform.create_organisation(endpoints=("invoice-extraction",))


@pytest.fixture(autouse=True)
def credit(employer: Organisation) -> None:
    employer.set_balance(1_000_000)


@pytest.fixture(scope="module")
def environment(platform: LocalPlatform, employer: Organisation) -> Iterator[None]:
    with calls.environment(platform.base_url, employer.api_key):
        yield


@pytest.fixture(params=["OpenAI", "AsyncOpenAI"])
def client_name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def sent(platform: LocalPlatform, employer: Organisation, client_name: str) -> Any:
    """A client to send to a worker, made with `with_options`; its key is not the organisation's."""
    made = getattr(pareta_openai, client_name)(api_key=calls.PARENTS_KEY, base_url=platform.base_url)
    return made.with_options(timeout=17, max_retries=7, model_aliases={"gpt-4o": employer.endpoints[0]})
