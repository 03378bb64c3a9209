from __future__ import annotations

import pytest

from pareta_openai.local.catalogue import TASKS, task_of_alias
from pareta_openai.local.matching import match


def test_tasks_have_the_contracts_keys(call):
    tasks = call("GET", "/v1/tasks").json()["tasks"]
    assert len(tasks) >= 8
    for task in tasks:
        assert set(task) == {"id", "default_scorer", "has_blob_input", "examples"}
        assert len(task["examples"]) >= 3
        assert all(set(example) == {"input", "expected"} for example in task["examples"])


@pytest.mark.parametrize(
    ("query", "count"), [("", 3), ("?examples_n=2", 2), ("?examples_n=0", 0), ("?examples_n=99", 3)]
)
def test_a_task_comes_with_as_many_examples_as_asked_for(call, query, count):
    task = call("GET", f"/v1/tasks/contract-key-fields{query}").json()
    assert task["id"] == "contract-key-fields"
    assert len(task["examples"]) == count


def test_a_negative_number_of_examples_is_422(call):
    assert call("GET", "/v1/tasks/contract-key-fields?examples_n=-1").status == 422


def test_a_leaderboard_has_the_contracts_keys_and_is_best_first(call):
    for task_id in TASKS:
        board = call("GET", f"/v1/tasks/{task_id}/leaderboard").json()
        assert set(board) == {"task_id", "metric", "cost_unit", "recommended", "frontier", "models"}
        keys = {"name", "kind", "quality", "cost_per_request_micro_usd", "context_k", "run_mode"}
        assert all(set(entry) == keys for entry in [*board["models"], board["frontier"]])
        assert {entry["kind"] for entry in board["models"]} == {"open", "frontier"}
        qualities = [entry["quality"] for entry in board["models"] if entry["quality"] is not None]
        assert qualities == sorted(qualities, reverse=True)
        assert board["frontier"]["kind"] == "frontier"
        assert board["recommended"] in {entry["name"] for entry in board["models"] if entry["kind"] == "open"}


@pytest.mark.parametrize("path", ["", "/leaderboard"])
def test_an_unknown_task_is_404(call, path):
    answer = call("GET", f"/v1/tasks/no-such-task{path}")
    assert answer.status == 404
    assert "no-such-task" in answer.detail


def test_an_alias_belongs_to_one_task():
    aliases = [entry.name for task in TASKS.values() for entry in task.models if entry.kind == "open"]
    assert len(aliases) == len(set(aliases))
    assert all(task_of_alias(alias) is not None for alias in aliases)


def test_a_match_has_the_contracts_keys(call):
    found = call("POST", "/v1/tasks/match", {"query": "pull the fields out of contracts", "top_k": 2}).json()
    assert set(found) == {
        "query", "type", "matched", "chosen", "candidates", "ambiguous", "matcher", "reasoning", "confidence",
        "capability",
    }  # fmt: skip
    assert found["query"] == "pull the fields out of contracts"
    assert (found["type"], found["matched"], found["matcher"]) == ("task", True, "keyword")
    assert found["chosen"] == found["candidates"][0]
    assert set(found["chosen"]) == {"task_id", "score", "confidence", "category"}
    assert found["chosen"]["task_id"] == "contract-key-fields"
    assert len(found["candidates"]) == 2
    assert found["capability"] is None


def test_a_capability_has_the_contracts_keys(call):
    found = call("POST", "/v1/tasks/match", {"query": "write Python code"}).json()
    assert (found["type"], found["matched"], found["chosen"]) == ("capability", False, None)
    assert set(found["capability"]) == {"id", "label", "category", "category_id", "desc"}
    assert found["capability"]["id"] == "coding"


@pytest.mark.parametrize("body", [{}, {"query": ""}, {"query": 5}, {"query": "x", "top_k": 0}])
def test_a_match_of_nothing_is_422(call, body):
    assert call("POST", "/v1/tasks/match", body).status == 422


@pytest.mark.parametrize(
    ("query", "task_id"),
    [
        ("Extract parties and dates from contracts", "contract-key-fields"),
        ("read vendor invoices", "invoice-extraction"),
        ("triage support tickets", "support-ticket-triage"),
        ("Summarize our weekly meetings", "meeting-minutes"),
        ("summarise news articles", "news-summaries"),
        ("photos of receipts for expense claims", "receipt-fields"),
        ("scanned handwritten forms", "scanned-form-fields"),
        ("Parse résumés, CVs of applicants", "resume-parsing"),
        ("sentiment of product reviews", "review-sentiment"),
        ("flag toxic comments", "content-moderation"),
        ("OCR of old letters", "page-transcription"),
        ("calculate ratios from financial reports", "report-figures"),
        ("rerank passages for retrieval", "passage-ranking"),
    ],
)
def test_a_sensible_query_finds_its_task(query, task_id):
    found = match(query, top_k=5)
    assert found.type == "task"
    assert found.chosen is not None
    assert found.chosen.task_id == task_id
    assert not found.ambiguous


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("a chatbot for our customers", "chat"),
        ("refactor a SQL function", "coding"),
        ("an agent that uses tools to browse the web", "agentic"),
        ("caption pictures", "vision"),
        ("transcribe audio recordings", "asr"),
        ("read text aloud in a warm voice", "tts"),
    ],
)
def test_what_no_task_covers_goes_to_a_general_lane(query, kind):
    found = match(query, top_k=5)
    assert (found.type, found.chosen) == ("capability", None)
    assert found.capability is not None
    assert found.capability.id == kind


@pytest.mark.parametrize(
    "query", ["generate a video", "fine-tune my own model", "forecast the weather", "compose a song"]
)
def test_what_the_platform_does_not_do_is_unsupported(query):
    found = match(query, top_k=5)
    assert (found.type, found.chosen, found.capability) == ("unsupported", None, None)
    assert found.reasoning


@pytest.mark.parametrize("query", ["good morning", "?!", "extract"])
def test_a_query_that_points_nowhere_matches_nothing(query):
    found = match(query, top_k=5)
    assert (found.type, found.confidence) == ("none", "low")


def test_two_tasks_that_fit_alike_are_ambiguous():
    found = match("contracts and invoices", top_k=5)
    assert found.ambiguous
    assert {candidate.task_id for candidate in found.candidates[:2]} == {"contract-key-fields", "invoice-extraction"}


def test_candidates_are_ranked_and_bounded():
    scores = [candidate.score for candidate in match("extract fields from scanned contract forms", top_k=3).candidates]
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)
