"""`client.tasks`: the catalogue, on the local platform."""

from __future__ import annotations

from typing import Any

import pytest

from pareta_openai import Leaderboard, NotFoundError, Task, TaskMatch
from tests.support import ScriptedServer, json_answer, settle

pytestmark = pytest.mark.anyio


async def test_list_gives_the_catalogue(client: Any) -> None:
    tasks = await settle(client.tasks.list())
    assert isinstance(tasks, list)
    assert all(isinstance(task, Task) for task in tasks)
    ids = {task.id for task in tasks}
    assert {"contract-key-fields", "invoice-extraction", "support-ticket-triage"} <= ids
    assert len(ids) >= 6
    assert {True, False} == {task.has_blob_input for task in tasks}


async def test_retrieve_gives_as_many_examples_as_asked_for(client: Any) -> None:
    task = await settle(client.tasks.retrieve("invoice-extraction", examples_n=2))
    assert (task.id, len(task.examples)) == ("invoice-extraction", 2)
    assert task.default_scorer


async def test_an_unknown_task_is_not_found(client: Any) -> None:
    for call in (client.tasks.retrieve, client.tasks.leaderboard, client.tasks.recommended):
        with pytest.raises(NotFoundError, match=r"no-such-task"):
            await settle(call("no-such-task"))


async def test_match_finds_a_task_from_a_sentence(client: Any) -> None:
    match = await settle(client.tasks.match("extract the parties and dates from a contract", top_k=3))
    assert isinstance(match, TaskMatch)
    assert match.matched
    assert match.chosen.task_id == match.candidates[0].task_id == "contract-key-fields"
    assert 1 <= len(match.candidates) <= 3


@pytest.mark.parametrize("query", ["", "   ", "\n", None])
async def test_an_empty_query_is_refused_unsent(scripted: Any, script: ScriptedServer, query: Any) -> None:
    with pytest.raises(ValueError, match=r"^query is"):
        await settle(scripted.tasks.match(query))
    assert script.received == []


async def test_fewer_than_one_candidate_cannot_be_asked_for(scripted: Any, script: ScriptedServer) -> None:
    with pytest.raises(ValueError, match=r"^top_k is 0"):
        await settle(scripted.tasks.match("invoices", top_k=0))
    assert script.received == []


async def test_recommended_is_the_leaderboards(client: Any) -> None:
    board = await settle(client.tasks.leaderboard("contract-key-fields"))
    assert isinstance(board, Leaderboard)
    assert board.recommended in {entry.name for entry in board.models}
    assert board.frontier.kind == "frontier"
    assert await settle(client.tasks.recommended("contract-key-fields")) == board.recommended


async def test_every_field_that_was_sent_is_kept(scripted: Any, script: ScriptedServer) -> None:
    record = {"id": "t", "default_scorer": None, "invented": {"later": [1]}}
    script.answer(json_answer(record))
    task = await settle(scripted.tasks.retrieve("t"))
    assert task.to_dict() == record
    assert task["invented"] == {"later": [1]}
    assert task.get("default_scorer", "x") is None
    assert task.get("absent", "default") == "default"
    assert task.invented == {"later": [1]}
    with pytest.raises(KeyError):
        task["absent"]


async def test_absent_fields_have_defaults(scripted: Any, script: ScriptedServer) -> None:
    script.answer(json_answer({}))
    task, match, board = (
        await settle(scripted.tasks.retrieve("t")),
        await settle(scripted.tasks.match("q")),
        await settle(scripted.tasks.leaderboard("t")),
    )
    assert (task.has_blob_input, task.examples, task.default_scorer) == (False, [], None)
    assert (match.type, match.matched, match.chosen, match.candidates) == (None, False, None, [])
    assert (board.recommended, board.frontier, board.models) == (None, None, [])


async def test_a_list_that_is_null_reads_as_empty(scripted: Any, script: ScriptedServer) -> None:
    script.answer(json_answer({"tasks": None, "examples": None, "candidates": None, "models": None}))
    assert await settle(scripted.tasks.list()) == []
    assert (await settle(scripted.tasks.retrieve("t"))).examples == []
    assert (await settle(scripted.tasks.match("q"))).candidates == []
    assert (await settle(scripted.tasks.leaderboard("t"))).models == []


@pytest.mark.parametrize("task_id", ["", "  ", None])
async def test_an_empty_id_is_refused_unsent(scripted: Any, script: ScriptedServer, task_id: Any) -> None:
    with pytest.raises(ValueError, match="id is needed behind tasks"):
        await settle(scripted.tasks.retrieve(task_id))
    assert script.received == []


async def test_an_id_cannot_reach_another_route(scripted: Any, script: ScriptedServer) -> None:
    script.answer(json_answer({}))
    await settle(scripted.tasks.retrieve("../endpoints?x=1#y"))
    assert script.received[0].path == "/v1/tasks/..%2Fendpoints%3Fx%3D1%23y"


async def test_extra_arguments_are_sent(scripted: Any, script: ScriptedServer) -> None:
    script.answer(json_answer({}))
    await settle(
        scripted.tasks.retrieve("t", examples_n=1, extra_query={"a": "b"}, extra_headers={"x-mine": "1"}, timeout=5)
    )
    assert script.received[0].path == "/v1/tasks/t?examples_n=1&a=b"
    assert b"x-mine" in script.received[0].raw.lower()


def entry(name: str, quality: float | None, cost: float | None) -> dict[str, Any]:
    return {"name": name, "quality": quality, "cost_per_request_micro_usd": cost}


@pytest.mark.parametrize(
    ("models", "front"),
    [
        ([], []),
        ([entry("one", 0.9, 100)], ["one"]),
        ([entry("dear", 0.9, 100), entry("cheap", 0.8, 10), entry("worse", 0.7, 50)], ["cheap", "dear"]),
        ([entry("same", 0.9, 100), entry("twin", 0.9, 100)], ["same", "twin"]),
        ([entry("dearer", 0.9, 200), entry("cheaper", 0.9, 100)], ["cheaper"]),
        ([entry("worse", 0.8, 100), entry("better", 0.9, 100)], ["better"]),
        ([entry("free", 0.0, 0), entry("unknown", None, 1), entry("unpriced", 1.0, None)], ["free"]),
    ],
)
async def test_the_pareto_front_has_what_no_other_beats(
    scripted: Any, script: ScriptedServer, models: list[dict[str, Any]], front: list[str]
) -> None:
    script.answer(json_answer({"models": models}))
    board = await settle(scripted.tasks.leaderboard("t"))
    assert [e.name for e in board.pareto_front()] == front


@pytest.mark.parametrize(
    "answer",
    [
        {"type": "task", "matched": True, "chosen": {"task_id": "t", "score": 0.9, "confidence": "high"}},
        {"type": "capability", "matched": False, "chosen": None, "capability": {"id": "chat", "label": "Chat"}},
        {"type": "unsupported", "matched": False, "chosen": None, "reasoning": "Pareta moves no furniture."},
        {"type": "none", "matched": False, "chosen": None, "candidates": [], "matcher": "keyword"},
        {"query": "q", "matched": True, "chosen": {"task_id": "t"}, "ambiguous": False, "matcher": "keyword"},
    ],
    ids=["task", "capability", "unsupported", "none", "older"],
)
async def test_a_match_of_every_type_is_read(scripted: Any, script: ScriptedServer, answer: dict[str, Any]) -> None:
    script.answer(json_answer(answer))
    match = await settle(scripted.tasks.match("q"))
    assert match.type == answer.get("type")
    assert match.matched == answer["matched"]
    assert match.reasoning == answer.get("reasoning")
    assert (match.chosen and match.chosen.task_id) == (answer["chosen"] and answer["chosen"]["task_id"])
    assert (match.capability and match.capability.id) == answer.get("capability", {}).get("id")
    assert match.to_dict() == answer
