"""Ray: a node of one worker on this machine."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import ray
from ray.exceptions import RayTaskError

from pareta_openai import EndpointNotReadyError, InsufficientCreditsError, OpenAI
from pareta_openai.local import LocalPlatform, Organisation
from tests.workers import calls

pytestmark = pytest.mark.workers

SECONDS = 60


@pytest.fixture(scope="module", autouse=True)
def node(environment: None) -> Iterator[None]:  # noqa: ARG001
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_AUTH_TOKEN", secrets.token_hex(32))  # else it keeps one in the home directory
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
        ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, _node_ip_address="127.0.0.1")
        yield
        ray.shutdown()


def run(function: Callable[..., Any], *arguments: Any) -> Any:
    return ray.get(ray.remote(function).remote(*arguments), timeout=SECONDS)


def test_a_worker_without_credit_raises_in_the_parent(
    platform: LocalPlatform, employer: Organisation, client_name: str
) -> None:
    employer.set_balance(0)
    with pytest.raises(InsufficientCreditsError) as caught:
        run(calls.ask, client_name, employer.endpoints[0])
    # Ray raises an error of a class that it makes of its own and ours.
    error: Any = caught.value
    assert isinstance(error, RayTaskError)
    calls.check_out_of_credit(error, platform.base_url)
    assert type(error.cause) is InsufficientCreditsError
    calls.check_out_of_credit(error.cause, platform.base_url)


def test_a_worker_of_a_worker_raises_in_the_parent(platform: LocalPlatform, employer: Organisation) -> None:
    def pass_on(endpoint: str) -> Any:
        return run(calls.ask, "OpenAI", endpoint)

    employer.set_balance(0)
    with pytest.raises(InsufficientCreditsError) as caught:
        run(pass_on, employer.endpoints[0])
    calls.check_out_of_credit(caught.value, platform.base_url)


def test_a_hint_about_the_endpoint_at_hand_arrives(platform: LocalPlatform, employer: Organisation) -> None:
    endpoint = employer.endpoints[0]
    with OpenAI(api_key=employer.api_key, base_url=platform.base_url) as client:
        client.endpoints.stop(endpoint)
        try:
            with pytest.raises(EndpointNotReadyError) as caught:
                run(calls.ask, "OpenAI", endpoint)
            assert caught.value.endpoint_id == endpoint
            assert endpoint in caught.value.hint
        finally:
            client.endpoints.ensure_live(endpoint)


def test_a_client_that_is_sent_to_a_worker_works_there(sent: Any) -> None:
    calls.check_answer(run(calls.ask_with, sent, "gpt-4o"), sent)
