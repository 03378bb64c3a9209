"""A call is billed once, however often it has to be sent."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from pareta_openai import APIConnectionError
from pareta_openai.local import Organisation, faults
from tests.support import MESSAGES, collect, settle

pytestmark = pytest.mark.anyio

CALLS = 1000


@pytest.fixture(autouse=True)
def no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    for client in (openai.OpenAI, openai.AsyncOpenAI):
        monkeypatch.setattr(client, "_calculate_retry_timeout", lambda *_: 0.0)


async def test_a_thousand_calls_whose_answers_are_lost_twice_are_a_thousand_charges(
    client: Any, organisation: Organisation, endpoint: str
) -> None:
    patient = client.with_options(max_retries=2)
    price = 0
    for _ in range(CALLS):
        organisation.add_fault(faults.answer_lost(), on="createChatCompletion", times=2)
        completion = await settle(patient.chat.completions.create(model=endpoint, messages=MESSAGES))
        price = completion.billed_micro_usd
    assert len(organisation.ledger()) == CALLS
    assert organisation.spent_micro_usd == CALLS * price
    assert len({debit.idempotency_key for debit in organisation.ledger()}) == CALLS


async def test_a_streamed_call_whose_answer_is_lost_is_charged_once(
    client: Any, organisation: Organisation, endpoint: str
) -> None:
    organisation.add_fault(faults.answer_lost(), on="createChatCompletion", times=2)
    patient = client.with_options(max_retries=2)
    stream = await settle(patient.chat.completions.create(model=endpoint, messages=MESSAGES, stream=True))
    assert await collect(stream)
    assert len(organisation.ledger()) == 1


async def test_a_call_that_gives_up_is_charged_once(client: Any, organisation: Organisation, endpoint: str) -> None:
    organisation.add_fault(faults.answer_lost(), on="createChatCompletion", times=None)
    with pytest.raises(APIConnectionError):
        await settle(client.with_options(max_retries=2).chat.completions.create(model=endpoint, messages=MESSAGES))
    assert len(organisation.ledger()) == 1


async def test_with_options_and_the_caller_keep_the_key(client: Any, organisation: Organisation, endpoint: str) -> None:
    for copied in (client, client.with_options(timeout=30)):
        await settle(
            copied.chat.completions.create(
                model=endpoint, messages=MESSAGES, extra_headers={"Idempotency-Key": "order-7"}
            )
        )
    (debit,) = organisation.ledger()
    assert debit.idempotency_key == "order-7"


async def test_no_retries_means_one_request(client: Any, organisation: Organisation, endpoint: str) -> None:
    organisation.add_fault(faults.status(503), on="createChatCompletion", times=5)
    with pytest.raises(openai.InternalServerError):
        await settle(client.with_options(max_retries=0).chat.completions.create(model=endpoint, messages=MESSAGES))
    assert [armed.times for armed in organisation.faults] == [4]


async def test_a_deploy_is_not_sent_again_once_its_stream_has_begun(client: Any, organisation: Organisation) -> None:
    organisation.add_fault(faults.drop(after_events=1), on="deployEndpoint")
    with pytest.raises(APIConnectionError, match="during the deploy"):
        await settle(client.with_options(max_retries=2).endpoints.deploy(task="contract-key-fields", wait=True))
    assert organisation.faults == []
    assert len(organisation.endpoints) == 2


async def test_a_deploy_whose_answer_was_lost_is_deployed_once(client: Any, organisation: Organisation) -> None:
    organisation.add_fault(faults.answer_lost(), on="deployEndpoint", times=2)
    patient = client.with_options(max_retries=2)
    endpoint = await settle(patient.endpoints.deploy(task="contract-key-fields", wait=True))
    assert organisation.endpoints[1:] == [endpoint.id]
