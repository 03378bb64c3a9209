from __future__ import annotations

import json
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from pareta_openai.local import LocalPlatform
from pareta_openai.local.scoring import macro_f1

ROWS = [
    {
        "input": f"Supply agreement {number} between Larkspur Mills Ltd and Onwen Freight GmbH, for {number} months.",
        "expected": {"parties": ["Larkspur Mills Ltd", "Onwen Freight GmbH"], "term_months": number},
    }
    for number in range(1, 41)
]
PRICE = 820
FRONTIER_PRICE = 9_400


@pytest.fixture
def eval_set(call):
    """The id of one with 40 rows for ``contract-key-fields``."""
    return call.upload(ROWS).json()["eval_set"]["id"]


@pytest.fixture
def result(call, eval_set):
    """Runs the candidates, and returns the answer about the run."""

    def run(*candidates):
        started = call.run(eval_set, *candidates)
        assert started.status == 202
        return call("GET", f"/v1/eval-runs/{started.json()['run_id']}").json()

    return run


def books_add_up(call):
    account = call("GET", "/_local/organisation").json()
    return account["balance_micro_usd"] + account["spent_micro_usd"] == account["topped_up_micro_usd"]


# Vendors' models


def test_the_roster_has_every_vendor_model_of_the_leaderboards(call):
    roster = call("GET", "/v1/eval/frontier-models").json()["frontier_models"]
    ids = {model["id"] for model in roster}
    for task in call("GET", "/v1/tasks").json()["tasks"]:
        models = call("GET", f"/v1/tasks/{task['id']}/leaderboard").json()["models"]
        assert {model["name"] for model in models if model["kind"] == "frontier"} <= ids
    assert all(set(model) == {"id", "vendor", "vision", "benchmarked"} for model in roster)


def test_with_a_task_the_roster_says_which_stand_on_its_leaderboard(call):
    roster = call("GET", "/v1/eval/frontier-models?task=contract-key-fields").json()["frontier_models"]
    assert {model["id"] for model in roster if model["benchmarked"]} == {"gpt-5.1", "claude-sonnet-4-5"}
    assert {model["benchmarked"] for model in roster} == {True, False}


def test_a_document_task_takes_only_models_that_can_see(call):
    every = call("GET", "/v1/eval/frontier-models?task=contract-key-fields").json()["frontier_models"]
    seeing = call("GET", "/v1/eval/frontier-models?task=receipt-fields").json()["frontier_models"]
    assert [model["id"] for model in seeing] == [model["id"] for model in every if model["vision"]]
    assert len(seeing) < len(every)


def test_a_roster_for_an_unknown_task_is_404(call):
    assert call("GET", "/v1/eval/frontier-models?task=absent").status == 404


# Sets


def test_an_upload_makes_a_set(call):
    answer = call.upload(ROWS, name="Contracts, May", prompt="Find the parties.")
    made = answer.json()["eval_set"]
    assert answer.status == 201
    assert made == {
        "id": made["id"],
        "task_id": "contract-key-fields",
        "name": "Contracts, May",
        "prompt": "Find the parties.",
        "item_count": 40,
        "scoring_strategy": "field_f1",
        "created_at": made["created_at"],
    }
    assert call("GET", f"/v1/eval-sets/{made['id']}").json() == answer.json()
    assert call("GET", "/v1/eval-sets").json() == {"eval_sets": [made]}


def test_a_deleted_set_is_gone(call, eval_set):
    answer = call("DELETE", f"/v1/eval-sets/{eval_set}")
    assert (answer.status, answer.body) == (204, b"")
    assert call("GET", f"/v1/eval-sets/{eval_set}").status == 404
    assert call("GET", "/v1/eval-sets").json() == {"eval_sets": []}
    assert call("DELETE", f"/v1/eval-sets/{eval_set}").status == 404


ON_ONE_SET = [
    ("GET", "", None),
    ("DELETE", "", None),
    ("POST", "/blob-upload-url", {"idx": 0, "field_name": "page", "mime": "image/png", "file_size": 1}),
    ("POST", "/blob-upload-complete", {"idx": 0, "field_name": "page", "mime": "image/png", "storage_uri": "x"}),
]


@pytest.mark.parametrize(("method", "path", "body"), ON_ONE_SET)
def test_another_organisations_set_is_404(platform, caller, eval_set, method, path, body):
    stranger = caller(platform.base_url, platform.create_organisation().api_key)
    assert stranger(method, f"/v1/eval-sets/{eval_set}{path}", body).status == 404
    assert stranger("GET", "/v1/eval-sets").json() == {"eval_sets": []}
    assert stranger.run(eval_set, "contract-kie-1").status == 404


def test_blank_lines_and_windows_line_ends_are_no_rows(call):
    line = json.dumps(ROWS[0]).encode()
    answer = call.upload(b"\n" + line + b"\r\n\r\n  \n" + line)
    assert answer.json()["eval_set"]["item_count"] == 2


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"{", "not JSON"),
        (b"[]", "object"),
        (b'"text"', "object"),
        (b"{}", "no input"),
        (b'{"input": ""}', "no input"),
        (b'{"input": {}}', "no input"),
        (b'{"input": null, "expected": "x"}', "no input"),
        (b'{"input": 5, "expected": "x"}', "input is neither"),
        (b'{"input": ["x"], "expected": "x"}', "input is neither"),
        (b'{"input": "x", "expected": 5}', "expected is neither"),
        (b'{"input": "x", "expected": ["x"]}', "expected is neither"),
        (b'{"input": "x", "expected": {"a": NaN}}', "NaN"),
        (b'{"input": "x", "expected": {"a": 1e999}}', "1e999"),
        (b'{"input": "\\ud800", "expected": "x"}', "surrogate"),
        (b'{"input": "\xff", "expected": "x"}', "utf-8"),
        (b'{"input": {"a": ' + b"[" * 100 + b"]" * 100 + b"}}", "nested"),
        (b'{"input": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}", "nested"),
        (b'{"input": "' + b"x" * (8 << 20) + b'"}', "8 MiB"),
    ],
)
def test_a_line_that_is_no_row_is_named_and_nothing_is_kept(call, line, why):
    good = json.dumps(ROWS[0]).encode() + b"\n"
    answer = call.upload(good * 2_000 + line + b"\n" + good)
    assert answer.status == 400
    assert answer.detail.startswith("items, line 2001: ")
    assert why in answer.detail
    assert call("GET", "/v1/eval-sets").json() == {"eval_sets": []}


def test_rows_may_hold_anything_that_json_can(call):
    row = {"input": {"text": "\U0001f600 ü", "more": [[[None, 1.5]]]}, "expected": "ü", "id": 7, "metadata": None}
    started = call.run(call.upload([row]).json()["eval_set"]["id"], "contract-kie-1").json()
    [result] = call("GET", f"/v1/eval-runs/{started['run_id']}").json()["results"]
    assert result["n_succeeded"] == 1


def test_a_set_may_be_larger_than_other_requests(call):
    line = b'{"input": "' + b"x" * 8_000_000 + b'", "expected": "y"}\n'
    assert call.upload(line * 9).json()["eval_set"]["item_count"] == 9
    answer = call("POST", "/v1/eval-sets", headers={"Content-Length": str((4 << 30) + 1)})
    assert answer.status == 413
    assert "4096 MiB" in answer.detail


@pytest.mark.parametrize("rows", [b"", b"\n\n"])
def test_a_set_without_rows_is_refused(call, rows):
    answer = call.upload(rows)
    assert answer.status == 400
    assert "no rows" in answer.detail


@pytest.mark.parametrize("missing", ["task_id", "name", "items"])
def test_a_form_that_lacks_something_is_422(call, missing):
    fields = {"task_id": "contract-key-fields", "name": "rows"}
    files = {"items": (json.dumps(ROWS[0]).encode(), "application/jsonl")}
    fields.pop(missing, None)
    files.pop(missing, None)
    answer = call.form("/v1/eval-sets", fields, files)
    assert answer.status == 422
    assert [item["loc"] for item in answer.detail] == [["body", missing]]


def test_a_set_for_an_unknown_task_is_404(call):
    assert call.upload(ROWS, task="absent").status == 404


def test_a_repeated_upload_answers_with_the_same_set(call):
    first, second = (call.upload(ROWS, key="set-1") for _ in range(2))
    assert (first.status, second.status) == (201, 201)
    assert first.json() == second.json()
    assert len(call("GET", "/v1/eval-sets").json()["eval_sets"]) == 1


def test_an_upload_that_was_refused_can_be_repeated_with_its_key(call):
    assert call.upload(b"{", key="set-1").status == 400
    assert call.upload(ROWS, key="set-1").status == 201


def test_a_repetition_does_not_overtake_the_upload_that_it_repeats(call):
    rows = json.dumps(ROWS[0]).encode() + b"\n"
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: call.upload(rows * 20_000, key="set-1"), range(4)))
    assert {answer.status for answer in answers} <= {201, 409}
    assert len(call("GET", "/v1/eval-sets").json()["eval_sets"]) == 1


def test_other_calls_are_answered_while_rows_are_stored(call):
    rows = json.dumps(ROWS[0]).encode() + b"\n"
    with ThreadPoolExecutor(1) as threads:
        upload = threads.submit(call.upload, rows * 100_000)
        longest = 0.0
        while not upload.done():
            began = time.perf_counter()
            assert call("GET", "/v1/models").status == 200
            longest = max(longest, time.perf_counter() - began)
        assert upload.result().json()["eval_set"]["item_count"] == 100_000
    assert longest < 0.5


def test_stopping_in_the_middle_of_an_upload_leaves_no_part_of_it(caller, tmp_path, caplog):
    state = tmp_path / "state.sqlite"
    rows = json.dumps(ROWS[0]).encode() + b"\n"
    before = set(threading.enumerate())
    with LocalPlatform(state=state) as platform, ThreadPoolExecutor(1) as threads:
        upload = threads.submit(caller(platform.base_url, platform.api_key).upload, rows * 200_000, key="set-1")
        time.sleep(0.8)
        platform.stop()
        assert upload.exception(timeout=10) is not None or upload.result().status == 201
    assert set(threading.enumerate()) <= before
    assert [record for record in caplog.records if record.name.startswith("uvicorn")] == []
    with LocalPlatform(state=state) as platform:
        call = caller(platform.base_url, platform.api_key)
        counts = [made["item_count"] for made in call("GET", "/v1/eval-sets").json()["eval_sets"]]
        assert counts in ([], [200_000])
        assert call.upload(rows, key="set-1").status == 201


def test_what_a_killed_platform_left_of_an_upload_is_removed(caller, tmp_path):
    state = tmp_path / "state.sqlite"
    with LocalPlatform(state=state) as platform:
        caller(platform.base_url, platform.api_key).upload(ROWS, key="set-1")
    connection = sqlite3.connect(state)
    connection.execute("UPDATE eval_sets SET item_count = NULL")
    connection.commit()
    with LocalPlatform(state=state) as platform:
        call = caller(platform.base_url, platform.api_key)
        assert call("GET", "/v1/eval-sets").json() == {"eval_sets": []}
        assert connection.execute("SELECT count(*) FROM eval_items").fetchone() == (0,)
        assert call.upload(ROWS, key="set-1").status == 201
    connection.close()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the peak memory from /proc")
def test_the_rows_of_a_large_set_are_never_in_memory_at_once(platform_process):
    call, peak_memory = platform_process
    rows = (json.dumps(ROWS[0]).encode() + b"\n") * 200_000
    call.upload(rows[: len(rows) // 200_000])
    before = peak_memory()
    made = call.upload(rows).json()["eval_set"]
    call("PUT", "/_local/balance", {"balance_micro_usd": 10**12})
    run_id = call.run(made["id"], "contract-kie-1", "gpt-5.1").json()["run_id"]
    results = call("GET", f"/v1/eval-runs/{run_id}").json()["results"]
    assert [result["n_succeeded"] for result in results] == [200_000, 200_000]
    assert call("DELETE", f"/v1/eval-sets/{made['id']}").status == 204
    assert len(rows) > 30 << 20
    assert peak_memory() - before < 16 << 20


# Runs


def test_a_run_is_accepted_and_completed_at_the_first_look(call, eval_set):
    started = call.run(eval_set, "contract-kie-1", "gpt-5.1")
    run_id = started.json()["run_id"]
    assert started.json() == {"run_id": run_id, "status": "queued"}
    run = call("GET", f"/v1/eval-runs/{run_id}").json()["run"]
    assert run == {
        "id": run_id,
        "eval_set_id": eval_set,
        "status": "completed",
        "candidate_model_ids": ["contract-kie-1", "gpt-5.1"],
        "total_cost_micro_usd": 40 * (PRICE + FRONTIER_PRICE),
        "error_detail": None,
        "created_at": run["created_at"],
        "simulated": True,
    }


def test_a_result_is_what_its_rows_add_up_to(result):
    [found] = result("contract-kie-1")["results"]
    scores = [item["score"] for item in found["per_item"]]
    assert (found["model_id"], found["kind"]) == ("contract-kie-1", "open")
    assert found["quality_mean"] == pytest.approx(statistics.mean(scores), abs=1e-5)
    assert found["quality_ci_low"] <= found["quality_mean"] <= found["quality_ci_high"]
    assert (found["n_succeeded"], found["error_count"], found["n_scored"]) == (40, 0, 40)
    assert found["mean_cost_micro_usd"] == PRICE
    assert [item["idx"] for item in found["per_item"]] == list(range(40))
    for row, item in zip(ROWS, found["per_item"], strict=True):
        assert (item["prediction"] == row["expected"]) == (item["score"] == 1)
        assert item["error"] is None


def test_results_are_in_the_order_of_the_candidates_and_near_their_leaderboard(call):
    rows = [ROWS[number % 40] for number in range(900)]
    eval_set = call.upload(rows).json()["eval_set"]["id"]
    call("PUT", "/_local/balance", {"balance_micro_usd": 10**9})
    candidates = ["contract-kie-3", "claude-sonnet-4-5", "contract-kie-1"]
    run_id = call.run(eval_set, *candidates).json()["run_id"]
    results = call("GET", f"/v1/eval-runs/{run_id}").json()["results"]
    board = call("GET", "/v1/tasks/contract-key-fields/leaderboard").json()["models"]
    quality = {entry["name"]: entry["quality"] for entry in board}
    assert [result["model_id"] for result in results] == candidates
    for found in results:
        assert found["quality_mean"] == pytest.approx(quality[found["model_id"]], abs=0.025)


def test_the_same_rows_and_models_give_the_same_results(call, result):
    other = call.run(call.upload(ROWS).json()["eval_set"]["id"], "contract-kie-2").json()["run_id"]
    first, second = result("contract-kie-2")["results"], call("GET", f"/v1/eval-runs/{other}").json()["results"]
    assert first[0]["per_item"] == second[0]["per_item"]


def test_an_endpoint_can_be_evaluated_and_does_as_its_model(result):
    by_endpoint, by_alias = result("ep_contract_key_fields_1", "contract-kie-1")["results"]
    assert by_endpoint["model_id"] == "ep_contract_key_fields_1"
    assert by_endpoint["kind"] == "open"
    assert by_endpoint["per_item"] == by_alias["per_item"]


def test_a_vendor_model_that_was_not_measured_can_be_evaluated(result):
    [found] = result("gemini-2.5-flash")["results"]
    assert found["kind"] == "frontier"
    assert 0.5 < found["quality_mean"] < 1
    assert found["mean_cost_micro_usd"] > 0


def test_a_candidate_that_is_named_twice_runs_once(result):
    answer = result("contract-kie-1", "contract-kie-1")
    assert answer["run"]["candidate_model_ids"] == ["contract-kie-1"]
    assert answer["run"]["total_cost_micro_usd"] == 40 * PRICE


def test_rows_without_an_expected_answer_count_with_the_leaderboards_quality(call):
    eval_set = call.upload([{"input": "A contract."}, {"input": "Another.", "expected": None}]).json()["eval_set"]
    run_id = call.run(eval_set["id"], "contract-kie-1").json()["run_id"]
    [found] = call("GET", f"/v1/eval-runs/{run_id}").json()["results"]
    assert (found["quality_mean"], found["n_succeeded"], found["n_scored"]) == (0.943, 2, 0)
    assert "No model" in found["per_item"][0]["prediction"]
    assert found["per_item"][0]["score"] is None


def test_rows_without_an_expected_answer_do_not_count_beside_those_with_one(call):
    rows = [{"input": "A contract."}, *ROWS]
    run_id = call.run(call.upload(rows).json()["eval_set"]["id"], "contract-kie-1").json()["run_id"]
    [found] = call("GET", f"/v1/eval-runs/{run_id}").json()["results"]
    scores = [item["score"] for item in found["per_item"]]
    assert scores[0] is None
    assert (found["n_succeeded"], found["n_scored"]) == (41, 40)
    assert found["quality_mean"] == pytest.approx(statistics.mean(scores[1:]), abs=1e-5)


def test_a_classification_is_a_macro_f1_beside_the_exact_matches(call):
    rows = [{"input": f"Review {n}.", "expected": "positive" if n % 8 else "negative"} for n in range(160)]
    run_id = call.run(call.upload(rows, task="review-sentiment").json()["eval_set"]["id"], "sentiment-2").json()
    [found] = call("GET", f"/v1/eval-runs/{run_id['run_id']}").json()["results"]
    labels = [(row["expected"], item["prediction"]) for row, item in zip(rows, found["per_item"], strict=True)]
    right = sum(item["score"] for item in found["per_item"])
    assert {label for pair in labels for label in pair} == {"positive", "negative"}
    assert found["exact_match"] == 100 * right / 160
    assert found["quality_mean"] == pytest.approx(macro_f1(labels), abs=1e-6)
    assert found["quality_mean"] < right / 160


def test_only_a_classification_has_exact_matches(result):
    assert "exact_match" not in result("contract-kie-1")["results"][0]


@pytest.mark.parametrize(
    ("task", "row", "why"),
    [
        ("report-figures", {"input": "How many?", "expected": "a dozen"}, "no number"),
        ("passage-ranking", {"input": {"query": "x"}, "expected": {"p1": "best"}}, "gain"),
    ],
)
def test_a_row_that_its_task_cannot_score_is_refused(call, task, row, why):
    answer = call.upload([row], task=task)
    assert answer.status == 400
    assert answer.detail.startswith("items, line 1: ")
    assert why in answer.detail


def test_a_large_set_has_no_row_by_row_results(call):
    eval_set = call.upload([{"input": "A review.", "expected": "positive"}] * 1_001, task="review-sentiment")
    run_id = call.run(eval_set.json()["eval_set"]["id"], "sentiment-1").json()["run_id"]
    [found] = call("GET", f"/v1/eval-runs/{run_id}").json()["results"]
    assert "per_item" not in found
    assert found["n_scored"] == found["n_succeeded"] == 1_001


def test_a_very_large_set_is_scored_on_a_part_of_its_rows_and_billed_for_all(call):
    eval_set = call.upload([{"input": "A review.", "expected": "positive"}] * 20_001, task="review-sentiment")
    run_id = call.run(eval_set.json()["eval_set"]["id"], "sentiment-1").json()["run_id"]
    answer = call("GET", f"/v1/eval-runs/{run_id}").json()
    [found] = answer["results"]
    assert found["n_scored"] == 6_667
    assert found["n_succeeded"] == 20_001
    assert found["exact_match"] == pytest.approx(95.1, abs=1)
    assert answer["run"]["total_cost_micro_usd"] == 20_001 * 60


def test_a_long_prediction_is_shortened(call):
    eval_set = call.upload([{"input": "Minutes.", "expected": "word " * 5_000}], task="meeting-minutes")
    run_id = call.run(eval_set.json()["eval_set"]["id"], "minutes-1").json()["run_id"]
    [found] = call("GET", f"/v1/eval-runs/{run_id}").json()["results"]
    assert len(found["per_item"][0]["prediction"]) == 1_000
    assert 0.4 < found["quality_mean"] < 0.8


@pytest.mark.parametrize(
    ("candidate", "status", "hint"),
    [
        ("nobody-1", 404, "nobody-1"),
        ("recommended", 404, "recommended"),
        ("invoice-kie-1", 400, "invoice-extraction"),
        ("Qwen/Qwen3-8B", 400, "Hugging Face"),
        ("", 422, None),
        ("\ud800", 422, None),
    ],
)
def test_a_candidate_that_cannot_be_is_refused_before_any_work(call, organisation, eval_set, candidate, status, hint):
    answer = call.run(eval_set, "contract-kie-1", candidate)
    assert answer.status == status
    assert hint is None or hint in answer.detail
    assert organisation.ledger() == []


def test_a_model_that_cannot_see_is_refused_for_documents(call):
    eval_set = call.upload([{"input": {"file_name": "a.jpg"}, "expected": {"total": "1"}}], task="receipt-fields")
    answer = call.run(eval_set.json()["eval_set"]["id"], "o3-mini")
    assert answer.status == 400
    assert "o3-mini" in answer.detail


def test_an_endpoint_that_is_not_live_is_503(call, eval_set):
    call("POST", "/v1/endpoints/ep_contract_key_fields_1/stop")
    assert call.run(eval_set, "ep_contract_key_fields_1").status == 503


def test_an_endpoint_for_another_task_is_refused(call, eval_set):
    call.deploy("invoice-extraction", name="invoices")
    answer = call.run(eval_set, "invoices")
    assert answer.status == 400
    assert "invoice-extraction" in answer.detail


def test_a_run_without_candidates_is_422(call, eval_set):
    assert call.run(eval_set).status == 422


def test_a_run_on_an_unknown_set_is_404(call):
    assert call.run("es_absent", "contract-kie-1").status == 404


def test_an_unknown_run_and_anothers_run_are_404(platform, caller, call, eval_set):
    run_id = call.run(eval_set, "contract-kie-1").json()["run_id"]
    stranger = caller(platform.base_url, platform.create_organisation().api_key)
    assert call("GET", "/v1/eval-runs/absent").status == 404
    assert stranger("GET", f"/v1/eval-runs/{run_id}").status == 404


# What a run costs


def test_a_run_is_billed_once_when_it_has_completed(call, organisation, eval_set):
    started = call.run(eval_set, "contract-kie-1", "contract-kie-2")
    run_id = started.json()["run_id"]
    for _ in range(2):
        call("GET", f"/v1/eval-runs/{run_id}")
    [debit] = organisation.ledger()
    assert debit.endpoint_id == run_id
    assert debit.micro_usd == 40 * (PRICE + 410)
    assert debit.request_id == started.headers["x-request-id"]
    assert organisation.balance_micro_usd == 5_000_000 - debit.micro_usd
    assert books_add_up(call)


def test_a_run_that_many_look_at_together_is_billed_once(call, organisation, eval_set):
    run_id = call.run(eval_set, "contract-kie-1").json()["run_id"]
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda _: call("GET", f"/v1/eval-runs/{run_id}").body, range(32)))
    assert len(set(answers)) == 1
    assert len(organisation.ledger()) == 1
    assert books_add_up(call)


def test_a_run_that_the_balance_does_not_cover_is_402_before_any_work(call, organisation, eval_set):
    organisation.set_balance(40 * PRICE - 1)
    answer = call.run(eval_set, "contract-kie-1")
    assert answer.status == 402
    assert str(40 * PRICE) in answer.detail
    organisation.set_balance(40 * PRICE)
    assert call.run(eval_set, "contract-kie-1").status == 202


def test_runs_under_way_keep_their_part_of_the_balance(call, organisation, eval_set):
    organisation.set_balance(80 * PRICE)
    assert [call.run(eval_set, "contract-kie-1").status for _ in range(3)] == [202, 202, 402]


def test_a_repeated_run_answers_with_the_same_run_and_is_billed_once(call, organisation, eval_set):
    organisation.set_balance(40 * PRICE)
    first, second = (call.run(eval_set, "contract-kie-1", key="run-1") for _ in range(2))
    assert first.json() == second.json()
    call("GET", f"/v1/eval-runs/{first.json()['run_id']}")
    assert call.run(eval_set, "contract-kie-1", key="run-1").json() == first.json()
    assert len(organisation.ledger()) == 1


# A run in time


@pytest.fixture(scope="module")
def slow_evals():
    """Eval runs take an hour."""
    with LocalPlatform(eval_seconds=3_600) as platform:
        yield platform


def test_a_run_goes_through_the_statuses_and_is_billed_at_the_end(slow_evals, caller):
    organisation = slow_evals.create_organisation()
    call = caller(slow_evals.base_url, organisation.api_key)
    run_id = call.run(call.upload(ROWS).json()["eval_set"]["id"], "contract-kie-1").json()["run_id"]
    seen = []
    for minutes in (0, 20, 30):
        slow_evals.clock.advance(minutes=minutes)
        answer = call("GET", f"/v1/eval-runs/{run_id}").json()
        seen.append(answer["run"]["status"])
        assert answer["results"] == []
        assert answer["run"]["total_cost_micro_usd"] is None
    assert seen == ["queued", "running", "evaluating"]
    assert organisation.ledger() == []
    slow_evals.clock.advance(minutes=10)
    answer = call("GET", f"/v1/eval-runs/{run_id}").json()
    assert answer["run"]["status"] == "completed"
    assert len(answer["results"]) == 1
    assert len(organisation.ledger()) == 1


def until(condition):
    """Waits for what goes on behind the requests."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_run_that_nobody_looks_at_is_billed_when_its_time_has_come(slow_evals, caller):
    organisation = slow_evals.create_organisation()
    call = caller(slow_evals.base_url, organisation.api_key)
    call.run(call.upload(ROWS).json()["eval_set"]["id"], "contract-kie-1")
    assert organisation.ledger() == []
    slow_evals.clock.advance(hours=1)
    until(organisation.ledger)
    assert organisation.spent_micro_usd == 40 * PRICE


def test_a_run_is_billed_even_if_the_balance_went_elsewhere_meanwhile(slow_evals, caller):
    organisation = slow_evals.create_organisation()
    call = caller(slow_evals.base_url, organisation.api_key)
    run_id = call.run(call.upload(ROWS).json()["eval_set"]["id"], "contract-kie-1").json()["run_id"]
    organisation.set_balance(0)
    slow_evals.clock.advance(hours=1)
    assert call("GET", f"/v1/eval-runs/{run_id}").json()["run"]["status"] == "completed"
    assert organisation.balance_micro_usd == -40 * PRICE
    assert books_add_up(call)


def test_a_run_goes_on_when_the_platform_that_it_was_started_on_was_killed(caller, tmp_path, environment):
    state = tmp_path / "state.sqlite"
    script = (
        "import sys; from pareta_openai.local import LocalPlatform;"
        f"platform = LocalPlatform(state={str(state)!r}, eval_seconds=3600); platform.start();"
        "print(platform.base_url, platform.api_key, flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )
    call = caller(*process.stdout.readline().split())
    run_id = call.run(call.upload(ROWS).json()["eval_set"]["id"], "contract-kie-1").json()["run_id"]
    process.kill()
    process.communicate()
    with LocalPlatform(state=state) as platform:
        call = caller(platform.base_url, platform.api_key)
        assert call("GET", f"/v1/eval-runs/{run_id}").json()["run"]["status"] == "queued"
        platform.clock.advance(hours=1)
        until(lambda: call("GET", "/_local/organisation").json()["spent_micro_usd"])
        answer = call("GET", f"/v1/eval-runs/{run_id}").json()
        assert answer["run"]["status"] == "completed"
        assert answer["run"]["total_cost_micro_usd"] == 40 * PRICE
        assert books_add_up(call)


def test_a_platform_stops_at_once_in_the_middle_of_a_run_and_goes_on_with_it(caller, tmp_path):
    state = tmp_path / "state.sqlite"
    before = set(threading.enumerate())
    with LocalPlatform(state=state) as platform:
        call = caller(platform.base_url, platform.api_key)
        call("PUT", "/_local/balance", {"balance_micro_usd": 10**9})
        eval_set = call.upload(ROWS * 500).json()["eval_set"]["id"]
        run_id = call.run(eval_set, "contract-kie-1", "contract-kie-2", "contract-kie-3").json()["run_id"]
    assert set(threading.enumerate()) <= before
    with LocalPlatform(state=state) as platform:
        answer = caller(platform.base_url, platform.api_key)("GET", f"/v1/eval-runs/{run_id}").json()
        assert [found["n_succeeded"] for found in answer["results"]] == [20_000] * 3


def test_a_client_that_goes_away_does_not_take_the_run_along(call, organisation):
    organisation.set_balance(10**9)
    eval_set = call.upload(ROWS * 100).json()["eval_set"]["id"]
    run_id = call.run(eval_set, "contract-kie-1", "contract-kie-2").json()["run_id"]
    connection = call.connect()
    connection.request("GET", f"/v1/eval-runs/{run_id}", headers={"Authorization": f"Bearer {call.api_key}"})
    connection.close()
    until(organisation.ledger)
    assert call("GET", f"/v1/eval-runs/{run_id}").json()["run"]["status"] == "completed"


def test_a_run_that_the_platform_fails_at_ends_and_costs_nothing(slow_evals, caller, monkeypatch, caplog):
    organisation = slow_evals.create_organisation()
    call = caller(slow_evals.base_url, organisation.api_key)
    run_id = call.run(call.upload(ROWS).json()["eval_set"]["id"], "contract-kie-1").json()["run_id"]
    monkeypatch.setattr("pareta_openai.local.evaluation.percentile_interval", None)
    slow_evals.clock.advance(hours=1)
    answer = call("GET", f"/v1/eval-runs/{run_id}").json()
    assert (answer["run"]["status"], answer["run"]["total_cost_micro_usd"]) == ("failed", 0)
    assert "TypeError" in answer["run"]["error_detail"]
    assert run_id in caplog.text
    assert organisation.ledger() == []


def test_a_run_whose_set_is_deleted_under_it_fails_and_costs_nothing(slow_evals, caller):
    organisation = slow_evals.create_organisation()
    call = caller(slow_evals.base_url, organisation.api_key)
    eval_set = call.upload(ROWS).json()["eval_set"]["id"]
    run_id = call.run(eval_set, "contract-kie-1").json()["run_id"]
    call("DELETE", f"/v1/eval-sets/{eval_set}")
    answer = call("GET", f"/v1/eval-runs/{run_id}").json()
    assert (answer["run"]["status"], answer["run"]["total_cost_micro_usd"]) == ("failed", 0)
    assert eval_set in answer["run"]["error_detail"]
    assert answer["results"] == []
    assert organisation.ledger() == []


def test_a_run_that_had_ended_when_its_set_was_deleted_has_its_results(call, organisation, eval_set):
    run_id = call.run(eval_set, "contract-kie-1").json()["run_id"]
    call("DELETE", f"/v1/eval-sets/{eval_set}")
    answer = call("GET", f"/v1/eval-runs/{run_id}").json()
    assert answer["run"]["status"] == "completed"
    assert len(answer["results"][0]["per_item"]) == 40
    assert len(organisation.ledger()) == 1


def test_sets_and_runs_outlive_the_platform(caller, tmp_path):
    state = tmp_path / "state.sqlite"
    with LocalPlatform(state=state) as platform:
        call = caller(platform.base_url, platform.api_key)
        eval_set = call.upload(ROWS).json()
        run_id = call.run(eval_set["eval_set"]["id"], "contract-kie-1").json()["run_id"]
    with LocalPlatform(state=state) as platform:
        call = caller(platform.base_url, platform.api_key)
        assert call("GET", "/v1/eval-sets").json()["eval_sets"] == [eval_set["eval_set"]]
        first = call("GET", f"/v1/eval-runs/{run_id}").json()
    with LocalPlatform(state=state) as platform:
        call = caller(platform.base_url, platform.api_key)
        assert call("GET", f"/v1/eval-runs/{run_id}").json() == first
        assert call("GET", "/_local/organisation").json()["spent_micro_usd"] == 40 * PRICE
