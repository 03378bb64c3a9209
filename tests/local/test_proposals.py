from __future__ import annotations

import json

import pytest

from pareta_openai.local import LocalPlatform

INVOICES = [{"input": f"Invoice {number}", "expected": {"total": f"{number}.00"}} for number in range(4)]
TICKETS = [{"input": "It crashes.", "expected": "bug"}, {"input": "Charged twice.", "expected": "billing"}]


@pytest.fixture
def propose(call):
    def propose(rows, prompt):
        items = rows if isinstance(rows, bytes) else b"\n".join(json.dumps(row).encode() for row in rows)
        return call.form("/v1/eval-sets/propose-contract", {"prompt": prompt}, {"items": (items, "application/jsonl")})

    return propose


def test_rows_and_prompt_that_agree_are_one_proposal(call, propose):
    answer = propose(INVOICES, "Read the total of each vendor invoice.").json()
    [proposal] = answer["proposals"]
    assert proposal == {
        "task_id": "invoice-extraction",
        "confidence": "high",
        "evidence": {
            "validated_n": 4,
            "total_n": 4,
            "matcher_reason": proposal["evidence"]["matcher_reason"],
            "alternatives": [],
        },
        "warning": None,
    }
    assert answer["prompt"] == "Read the total of each vendor invoice."
    assert answer["homogeneous"]
    assert answer["closest_task"] == "invoice-extraction"
    assert answer["split"] is answer["conflict"] is None
    assert "4 of 4 rows" in answer["message"]
    assert call("GET", "/v1/eval-sets").json() == {"eval_sets": []}


@pytest.mark.parametrize(
    ("rows", "prompt", "task_id"),
    [
        (TICKETS, "Sort support tickets.", "support-ticket-triage"),
        ([{"input": "A report.", "expected": "12.5 %"}], "Calculate the margin ratio", "report-figures"),
        ([{"input": {"query": "x"}, "expected": {"a": 1}}], "rerank the passages", "passage-ranking"),
        ([{"input": "Long.", "expected": "the pump test failed today"}], "meeting minutes", "meeting-minutes"),
        ([{"page": None, "expected": {"merchant": "Café"}}], "read photos of receipts", "receipt-fields"),
        ([{"input": {"file": None}, "expected": "a page with some words"}], "ocr", "page-transcription"),
        ([{"input": "A review.", "expected_output": "positive"}], "sentiment of reviews", "review-sentiment"),
    ],
)
def test_every_scorer_knows_the_rows_that_have_its_form(propose, rows, prompt, task_id):
    answer = propose(rows, prompt).json()
    assert [proposal["task_id"] for proposal in answer["proposals"]] == [task_id]
    assert answer["homogeneous"]


def test_a_set_of_which_a_part_has_another_form_is_split(propose):
    answer = propose([*INVOICES, *TICKETS], "vendor invoices").json()
    assert [proposal["task_id"] for proposal in answer["proposals"]] == ["invoice-extraction"]
    assert not answer["homogeneous"]
    assert answer["split"] == {"closest_task": "invoice-extraction", "validated_n": 4, "total_n": 6}


def test_a_prompt_that_describes_another_task_is_a_conflict(propose):
    answer = propose(TICKETS, "vendor invoices").json()
    assert answer["proposals"] == []
    assert answer["conflict"]["intended_task"] == "invoice-extraction"
    assert answer["closest_task"] == "support-ticket-triage"
    assert "support-ticket-triage" in answer["conflict"]["reasoning"]


def test_a_prompt_that_two_tasks_fit_has_both(propose):
    rows = [{"input": "Text.", "expected": {"total": "1", "parties": ["A"]}}]
    answer = propose(rows, "contracts and invoices").json()
    found = answer["proposals"]
    assert {proposal["task_id"] for proposal in found} == {"contract-key-fields", "invoice-extraction"}
    assert found[0]["evidence"]["alternatives"] == [found[1]["task_id"]]


@pytest.mark.parametrize("prompt", ["good morning", "generate a video", "a chatbot"])
def test_a_prompt_that_names_no_task_leaves_the_choice(propose, prompt):
    answer = propose(INVOICES, prompt).json()
    assert answer["proposals"] == []
    assert answer["closest_task"] == "invoice-extraction"
    assert "Name one" in answer["message"]


def test_rows_that_no_task_could_score_are_no_proposal(propose):
    answer = propose([{"input": "Text."}], "vendor invoices").json()
    assert (answer["proposals"], answer["conflict"], answer["closest_task"]) == ([], None, "invoice-extraction")


@pytest.mark.parametrize(("rows", "why"), [(b"", "no rows"), (b"\n", "no rows"), (b'{"input": 1}', "line 1")])
def test_rows_that_are_none_are_refused(propose, rows, why):
    answer = propose(rows, "vendor invoices")
    assert answer.status == 400
    assert why in answer.detail


# Sets without a task


def create(call, rows=INVOICES, **fields):
    items = b"\n".join(json.dumps(row).encode() for row in rows)
    return call.form("/v1/eval-sets", {"name": "rows", **fields}, {"items": (items, "application/jsonl")})


def test_a_set_with_a_prompt_finds_its_task(call):
    made = create(call, prompt="Read vendor invoices.").json()["eval_set"]
    assert (made["task_id"], made["item_count"], made["prompt"]) == ("invoice-extraction", 4, "Read vendor invoices.")
    run_id = call.run(made["id"], "invoice-kie-1").json()["run_id"]
    assert call("GET", f"/v1/eval-runs/{run_id}").json()["results"][0]["n_scored"] == 4


@pytest.mark.parametrize(
    ("rows", "prompt"),
    [(TICKETS, "vendor invoices"), ([*INVOICES, *TICKETS], "vendor invoices"), (INVOICES, "good morning")],
)
def test_a_set_whose_task_is_in_doubt_is_refused_and_says_what_it_could_be(call, rows, prompt):
    answer = create(call, rows, prompt=prompt)
    assert answer.status == 400
    assert "task_id" in answer.detail
    assert call("GET", "/v1/eval-sets").json() == {"eval_sets": []}


def test_a_set_without_task_and_prompt_is_422(call):
    assert [item["loc"] for item in create(call).detail] == [["body", "task_id"]]


def test_a_platform_3_0_wants_a_prompt_and_no_task(caller):
    with LocalPlatform(platform="3.0") as platform:
        call = caller(platform.base_url, platform.api_key)
        for prompt in ({}, {"prompt": " "}):
            answer = create(call, task_id="invoice-extraction", **prompt)
            assert answer.status == 400
            assert "prompt is required" in answer.detail
        assert create(call, prompt="vendor invoices").status == 201


def test_a_platform_0_3_wants_a_task_and_proposes_none(caller):
    with LocalPlatform(platform="0.3") as platform:
        call = caller(platform.base_url, platform.api_key)
        assert create(call, prompt="vendor invoices").status == 422
        eval_set = create(call, task_id="invoice-extraction").json()["eval_set"]["id"]
        assert call("POST", "/v1/eval-sets/propose-contract").status in (404, 405)
        assert call.run(eval_set, "auto").status == 404


def test_auto_is_a_candidate_of_its_own(call):
    eval_set = create(call, prompt="vendor invoices").json()["eval_set"]["id"]
    run_id = call.run(eval_set, "auto", "invoice-kie-1").json()["run_id"]
    auto, recommended = call("GET", f"/v1/eval-runs/{run_id}").json()["results"]
    assert (auto["model_id"], auto["kind"]) == ("auto", "open")
    assert auto["mean_cost_micro_usd"] == recommended["mean_cost_micro_usd"]
