"""Dask: a cluster of one worker process on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from distributed import Client, LocalCluster

from pareta_openai import InsufficientCreditsError
from pareta_openai.local import LocalPlatform, Organisation
from tests.workers import calls

pytestmark = pytest.mark.workers

SECONDS = 60


@pytest.fixture(scope="module")
def cluster(environment: None) -> Iterator[Client]:  # noqa: ARG001
    with (
        LocalCluster(n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield client


def test_a_worker_without_credit_raises_in_the_parent(
    cluster: Client, platform: LocalPlatform, employer: Organisation, client_name: str
) -> None:
    employer.set_balance(0)
    with pytest.raises(InsufficientCreditsError) as caught:
        cluster.submit(calls.ask, client_name, employer.endpoints[0], pure=False).result(SECONDS)
    assert type(caught.value) is InsufficientCreditsError
    calls.check_out_of_credit(caught.value, platform.base_url)


def test_a_client_that_is_sent_to_a_worker_works_there(cluster: Client, sent: Any) -> None:
    calls.check_answer(cluster.submit(calls.ask_with, sent, "gpt-4o", pure=False).result(SECONDS), sent)
