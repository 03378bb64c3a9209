from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

ENDPOINT = "ep_contract_key_fields_1"
PRICE = 820
FRONTIER_PRICE = 9_400


def books_add_up(call):
    account = call("GET", "/_local/organisation").json()
    return account["balance_micro_usd"] + account["spent_micro_usd"] == account["topped_up_micro_usd"]


@pytest.mark.parametrize("stream", [False, True])
def test_a_call_is_billed_at_its_models_price_and_says_so(call, organisation, stream):
    answer = call.chat(model=ENDPOINT, stream=stream)
    assert answer.headers["X-Pareta-Billed"] == str(PRICE)
    assert answer.headers["X-Pareta-Frontier-Would-Have-Cost"] == str(FRONTIER_PRICE)
    assert organisation.balance_micro_usd == 5_000_000 - PRICE
    assert organisation.spent_micro_usd == PRICE


def test_the_price_is_the_leaderboards(call):
    board = call("GET", "/v1/tasks/contract-key-fields/leaderboard").json()
    [entry] = [entry for entry in board["models"] if entry["name"] == "contract-kie-1"]
    assert entry["cost_per_request_micro_usd"] == PRICE
    assert board["frontier"]["cost_per_request_micro_usd"] == FRONTIER_PRICE


def test_the_ledger_has_one_row_for_each_debit(call, organisation):
    answer = call.chat(model=ENDPOINT, key="k-1")
    [debit] = organisation.ledger()
    assert debit.endpoint_id == ENDPOINT
    assert debit.request_id == answer.headers["x-request-id"]
    assert debit.micro_usd == PRICE
    assert debit.frontier_micro_usd == FRONTIER_PRICE
    assert debit.idempotency_key == "k-1"
    usage = answer.json()["usage"]
    assert (debit.prompt_tokens, debit.completion_tokens) == (usage["prompt_tokens"], usage["completion_tokens"])


def test_a_repeated_idempotency_key_is_answered_again_and_billed_once(call, organisation):
    first, second = (call.chat(model=ENDPOINT, key="again") for _ in range(2))
    assert first.json()["choices"] == second.json()["choices"]
    assert len(organisation.ledger()) == 1
    assert second.headers["X-Pareta-Billed"] == str(PRICE)
    assert books_add_up(call)


def test_calls_without_a_key_are_each_billed(call, organisation):
    call.chat(model=ENDPOINT)
    call.chat(model=ENDPOINT)
    assert len(organisation.ledger()) == 2


def test_a_key_of_another_organisation_is_another_key(platform, caller, call, organisation):
    neighbour = platform.create_organisation(endpoints=("contract-key-fields",))
    call.chat(model=ENDPOINT, key="shared")
    caller(platform.base_url, neighbour.api_key).chat(model=ENDPOINT, key="shared")
    assert len(organisation.ledger()) == len(neighbour.ledger()) == 1


def test_an_empty_balance_is_402_before_any_work(call, organisation):
    organisation.set_balance(0)
    answer = call.chat(model=ENDPOINT)
    assert answer.status == 402
    assert "credit" in answer.detail
    assert organisation.ledger() == []
    assert call("GET", f"/v1/endpoints/{ENDPOINT}/activity").json()["requests"] == 0


def test_a_call_that_was_paid_is_answered_again_after_the_balance_ran_out(call, organisation):
    organisation.set_balance(1)
    assert call.chat(model=ENDPOINT, key="last").status == 200
    assert call.chat(model=ENDPOINT, key="last").status == 200
    assert call.chat(model=ENDPOINT, key="next").status == 402
    assert organisation.balance_micro_usd == 1 - PRICE


def test_reading_costs_nothing(call, organisation):
    for path in ("/v1/models", "/v1/endpoints", "/v1/tasks", "/v1/tasks/contract-key-fields/leaderboard"):
        call("GET", path)
    call("POST", "/v1/tasks/match", {"query": "contracts"})
    call.deploy("invoice-extraction")
    assert organisation.spent_micro_usd == 0


def test_the_books_add_up_under_64_threads(call, organisation):
    """32 calls of their own, and 32 more that are retries of each other in pairs."""
    organisation.set_balance(20 * PRICE)
    keys = [None] * 32 + [f"pair-{n // 2}" for n in range(32)]
    with ThreadPoolExecutor(64) as threads:
        answers = list(threads.map(lambda key: call.chat(model=ENDPOINT, key=key), keys))
    statuses = {answer.status for answer in answers}
    assert statuses == {200, 402}
    assert len(organisation.ledger()) == 20
    assert organisation.balance_micro_usd == 0
    assert books_add_up(call)


def test_setting_the_balance_keeps_the_books(call, organisation):
    call.chat(model=ENDPOINT)
    answer = call("PUT", "/_local/balance", {"balance_micro_usd": 7})
    assert answer.json() == {
        "id": organisation.id,
        "balance_micro_usd": 7,
        "spent_micro_usd": PRICE,
        "topped_up_micro_usd": PRICE + 7,
    }
    assert organisation.balance_micro_usd == 7


@pytest.mark.parametrize("balance", [-1, 10**30])
def test_a_balance_out_of_range_is_refused(call, balance):
    answer = call("PUT", "/_local/balance", {"balance_micro_usd": balance})
    assert answer.status == 400
    assert books_add_up(call)
