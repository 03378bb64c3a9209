"""`client.evals`: sets, documents, runs, and vendors' models."""

from __future__ import annotations

import io
import logging
import os
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openai
import pytest

from pareta_openai import (
    APIConnectionError,
    APIResponseValidationError,
    EvalRun,
    EvalSet,
    FrontierModel,
    InsufficientCreditsError,
    NotFoundError,
    UnsupportedOnParetaError,
    UploadFailedError,
    WaitTimeoutError,
)
from pareta_openai.local import LocalPlatform, Organisation
from tests.support import Answer, ScriptedServer, json_answer, scripted_server, settle

pytestmark = pytest.mark.anyio

TASK = "invoice-extraction"
ITEMS = [{"input": f"Invoice {n}, {n}.00 EUR", "expected": {"total": f"{n}.00"}} for n in range(1, 5)]
SET = {"eval_set": {"id": "es_1", "task_id": TASK, "name": "n", "item_count": 4, "scoring_strategy": "field-f1"}}
STARTED = {"run_id": "run_1", "status": "queued"}


def run_answer(status: str, **more: Any) -> Answer:
    return json_answer({"run": {"id": "run_1", "eval_set_id": "es_1", "status": status, **more}, "results": []})


def part(body: bytes, name: str) -> bytes:
    """One part of a multipart body, headers and all."""
    boundary = body.split(b"\r\n", 1)[0]
    return next(p for p in body.split(boundary) if f'name="{name}"'.encode() in p)


@pytest.fixture
async def eval_set(client: Any) -> EvalSet:
    return await settle(client.evals.sets.create(task=TASK, items=ITEMS, name="my rows"))


async def test_a_set_is_created_listed_retrieved_and_deleted(client: Any, eval_set: EvalSet) -> None:
    assert isinstance(eval_set, EvalSet)
    assert (eval_set.task_id, eval_set.name, eval_set.item_count) == (TASK, "my rows", 4)
    assert eval_set.scoring_strategy
    assert [s.id for s in await settle(client.evals.sets.list())] == [eval_set.id]
    assert await settle(client.evals.sets.retrieve(eval_set.id)) == eval_set
    assert await settle(client.evals.sets.delete(eval_set.id)) is None
    with pytest.raises(NotFoundError):
        await settle(client.evals.sets.retrieve(eval_set.id))


async def test_a_set_is_sent_as_json_lines_with_its_fields(scripted: Any, script: ScriptedServer) -> None:
    script.answer(json_answer(SET, 201))
    await settle(scripted.evals.sets.create(task=TASK, items=ITEMS, name="n", prompt="Read invoices."))
    received = script.received[0]
    body = received.body
    assert received.path == "/v1/eval-sets"
    assert b"application/jsonl" in part(body, "items")
    rows = part(body, "items").split(b"\r\n\r\n", 1)[1].strip().splitlines()
    assert len(rows) == 4
    assert [part(body, name).split(b"\r\n\r\n", 1)[1].strip() for name in ("task_id", "name", "prompt")] == [
        TASK.encode(),
        b"n",
        b"Read invoices.",
    ]


@pytest.mark.parametrize(
    "make",
    [
        lambda _: ITEMS,
        lambda _: tuple(ITEMS),
        lambda _: (dict(item) for item in ITEMS),
        lambda folder: write(folder / "rows.jsonl", '{"input": "a"}\n{"input": "b"}\n{"input": "c"}\n{"input": "d"}\n'),
        lambda folder: str(write(folder / "rows.csv", "input,expected\na,1\nb,2\nc,3\nd,4\n")),
    ],
    ids=["list", "tuple", "generator", "json-lines", "csv"],
)
async def test_items_may_be_of_many_kinds(client: Any, make: Callable[[Path], Any], tmp_path: Path) -> None:
    created = await settle(client.evals.sets.create(task=TASK, items=make(tmp_path)))
    assert created.item_count == 4


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"task": TASK, "items": []}, "items is empty"),
        ({"task": TASK, "items": [{"input": "a"}, {"expected": "b"}]}, "row 2"),
        ({"task": "", "items": ITEMS}, "^task is ''"),
        ({"items": ITEMS}, "^task is missing"),
        ({"task": TASK, "items": ITEMS, "name": " "}, "^name is ' '"),
    ],
)
async def test_a_set_that_cannot_be_used_is_refused_unsent(
    scripted: Any, script: ScriptedServer, arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        await settle(scripted.evals.sets.create(**arguments))
    assert script.received == []


async def test_an_upload_of_rows_that_is_retried_is_sent_whole_again(
    build: Callable[..., Any], script: ScriptedServer
) -> None:
    script.answer(json_answer({"detail": "busy"}, 500, **{"retry-after-ms": "1"}), json_answer(SET, 201))
    client = build(api_key="pareta_sk_x", base_url=script.base_url, max_retries=2)
    await settle(client.evals.sets.create(task=TASK, items=(dict(item) for item in ITEMS)))
    bodies = [re.sub(rb"[0-9a-f]{32}", b"", received.body) for received in script.received]
    assert len(bodies) == 2
    assert bodies[0] == bodies[1]


async def test_a_run_is_waited_for_and_has_results(client: Any, organisation: Organisation, eval_set: EvalSet) -> None:
    seen: list[EvalRun] = []
    run = await settle(
        client.evals.runs.create(
            eval_set=eval_set.id,
            models=["invoice-kie-1", "invoice-kie-2"],
            wait=True,
            poll_interval=0.01,
            on_progress=seen.append,
        )
    )
    assert isinstance(run, EvalRun)
    assert seen[-1] == run
    assert run.is_terminal
    assert (run.status, run.eval_set_id, run.error_detail) == ("completed", eval_set.id, None)
    assert run.candidate_models == ["invoice-kie-1", "invoice-kie-2"]
    assert [r.model_id for r in run.results] == run.candidate_models
    result = run.results[0]
    assert 0 <= result.quality_ci_low <= result.quality_mean <= result.quality_ci_high <= 1
    assert (result.kind, result.n_succeeded, result.error_count) == ("open", 4, 0)
    assert [item.idx for item in result.per_item] == [0, 1, 2, 3]
    assert run.cost_micro_usd == organisation.spent_micro_usd > 0
    assert run.cost == Decimal(run.cost_micro_usd // 10_000) / 100


async def test_a_run_without_waiting_can_be_waited_for_later(client: Any, eval_set: EvalSet) -> None:
    started = await settle(client.evals.runs.create(eval_set=eval_set.id, models=["invoice-kie-1"]))
    assert (started.results, started.is_terminal) == ([], started.status in ("completed", "failed"))
    assert (await settle(client.evals.runs.retrieve(started.id))).id == started.id
    finished = await settle(client.evals.runs.wait(started.id, poll_interval=0.01))
    assert finished.status == "completed"


async def test_a_run_on_items_makes_the_set_first(client: Any) -> None:
    run = await settle(
        client.evals.runs.create(task=TASK, items=ITEMS, models=["invoice-kie-1"], wait=True, poll_interval=0.01)
    )
    (made,) = await settle(client.evals.sets.list())
    assert run.eval_set_id == made.id


async def test_a_run_that_the_balance_cannot_cover_is_refused_and_its_rows_are_kept(
    client: Any, organisation: Organisation, caplog: pytest.LogCaptureFixture
) -> None:
    organisation.set_balance(1)
    with caplog.at_level(logging.WARNING, "pareta_openai"), pytest.raises(InsufficientCreditsError):
        await settle(client.evals.runs.create(task=TASK, items=ITEMS, models=["invoice-kie-1"]))
    (made,) = await settle(client.evals.sets.list())
    assert f"eval_set='{made.id}'" in caplog.text


async def test_a_run_that_takes_too_long_names_its_id(scripted: Any, script: ScriptedServer) -> None:
    script.answer(json_answer(STARTED, 202), run_answer("running"))
    with pytest.raises(
        WaitTimeoutError, match=r"run_1 was still running.*client\.evals\.runs\.wait\('run_1'\)"
    ) as caught:
        await settle(
            scripted.evals.runs.create(eval_set="es_1", models=["m"], wait=True, timeout=0.05, poll_interval=0.02)
        )
    assert caught.value.id == "run_1"


async def test_a_failed_run_is_returned_with_its_reason(scripted: Any, script: ScriptedServer) -> None:
    script.answer(run_answer("queued"), run_answer("evaluating"), run_answer("failed", error_detail="judge down"))
    run = await settle(scripted.evals.runs.wait("run_1", poll_interval=0.01))
    assert (run.status, run.error_detail, run.is_terminal) == ("failed", "judge down", True)


@pytest.mark.parametrize(
    ("micro_usd", "dollars"), [(0, "0.00"), (9_999, "0.00"), (10_000, "0.01"), (1_239_999, "1.23"), (None, "0.00")]
)
async def test_a_runs_cost_is_floored_to_cents(
    scripted: Any, script: ScriptedServer, micro_usd: int | None, dollars: str
) -> None:
    script.answer(run_answer("completed", total_cost_micro_usd=micro_usd))
    run = await settle(scripted.evals.runs.retrieve("run_1"))
    assert isinstance(run.cost, Decimal)
    assert (run.cost, run.cost_micro_usd) == (Decimal(dollars), micro_usd or 0)


async def test_unit_rates_are_never_floored(scripted: Any, script: ScriptedServer) -> None:
    script.answer(json_answer({"run": {"id": "r", "status": "completed"}, "results": [{"mean_cost_micro_usd": 0.5}]}))
    run = await settle(scripted.evals.runs.retrieve("r"))
    assert run.results[0].mean_cost_micro_usd == 0.5


ROSTER = {
    "frontier_models": [
        {"id": "big", "vendor": "v", "vision": True, "benchmarked": True},
        {"id": "small", "vendor": "v", "vision": False, "benchmarked": False},
    ]
}


@pytest.mark.parametrize(
    ("frontier", "expected"),
    [
        (None, ["m"]),
        ("none", ["m"]),
        ([], ["m"]),
        (["big"], ["m", "big"]),
        (("big", "small"), ["m", "big", "small"]),
        ("all", ["m", "big", "small"]),
        ("benchmarked", ["m", "big"]),
    ],
)
async def test_frontier_adds_candidates(
    scripted: Any, script: ScriptedServer, frontier: Any, expected: list[str]
) -> None:
    asks_the_roster = isinstance(frontier, str) and frontier != "none"
    script.answer(*([json_answer(ROSTER)] if asks_the_roster else []), json_answer(STARTED, 202))
    await settle(scripted.evals.runs.create(eval_set="es_1", models=["m"], task=TASK, frontier=frontier))
    assert len(script.received) == 1 + asks_the_roster
    assert script.received[-1].json == {"eval_set_id": "es_1", "candidate_model_ids": expected}
    if asks_the_roster:
        assert script.received[0].path == f"/v1/eval/frontier-models?task={TASK}"


async def test_a_frontier_keyword_takes_the_task_of_the_set(scripted: Any, script: ScriptedServer) -> None:
    script.answer(json_answer(SET), json_answer(ROSTER), json_answer(STARTED, 202))
    await settle(scripted.evals.runs.create(eval_set="es_1", models=[], frontier="all"))
    assert [received.path for received in script.received] == [
        "/v1/eval-sets/es_1",
        f"/v1/eval/frontier-models?task={TASK}",
        "/v1/eval-runs",
    ]


async def test_a_frontier_keyword_without_a_task_is_refused(scripted: Any, script: ScriptedServer) -> None:
    script.answer(json_answer({"eval_set": {"id": "es_1", "task_id": None}}))
    with pytest.raises(ValueError, match="eval set es_1 has no task"):
        await settle(scripted.evals.runs.create(eval_set="es_1", models=["m"], frontier="all"))
    assert len(script.received) == 1


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"eval_set": "e", "models": ["m"], "frontier": "gpt-5"}, ValueError, r"^frontier is 'gpt-5'.*\['gpt-5'\]"),
        ({"eval_set": "e", "models": ["m"], "frontier": 7}, TypeError, "^frontier is 7"),
        ({"eval_set": "e", "models": ["m"], "frontier": {"a"}}, TypeError, "^frontier is"),
        ({"eval_set": "e", "models": "m"}, ValueError, r"^models is 'm'.*\['m'\]"),
        ({"eval_set": "e", "models": []}, ValueError, "^models is empty"),
        ({"eval_set": "", "models": ["m"]}, ValueError, "^eval_set is ''"),
        ({"models": ["m"]}, ValueError, "^eval_set is missing"),
        ({"models": ["m"], "items": ITEMS}, ValueError, "^eval_set is missing"),
        ({"models": ["m"], "items": ITEMS, "task": TASK, "eval_set": "e"}, ValueError, "both given"),
    ],
)
async def test_a_run_that_cannot_succeed_is_refused_unsent(
    scripted: Any, script: ScriptedServer, arguments: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        await settle(scripted.evals.runs.create(**arguments))
    assert script.received == []


async def test_frontier_models_of_a_task_say_whether_they_are_benchmarked(client: Any) -> None:
    everyone = await settle(client.evals.frontier_models())
    assert all(isinstance(model, FrontierModel) for model in everyone)
    for_task = await settle(client.evals.frontier_models(TASK))
    assert {model.id for model in for_task} <= {model.id for model in everyone}
    assert {True, False} >= {model.benchmarked for model in for_task} >= {True}


async def test_openais_own_methods_say_what_pareta_has_in_their_place(scripted: Any, script: ScriptedServer) -> None:
    with pytest.raises(UnsupportedOnParetaError, match=r"evals\.sets\.create.*evals\.runs\.create"):
        await settle(scripted.evals.create(name="n", data_source_config={"type": "custom"}, testing_criteria=[]))
    for method in ("retrieve", "update", "list", "delete"):
        with pytest.raises(UnsupportedOnParetaError, match=r"client\.evals|set does not change"):
            await settle(getattr(scripted.evals, method)("eval_1"))
    assert script.received == []


async def test_evals_is_openais_class_where_openai_has_one(scripted: Any) -> None:
    own = getattr(openai.resources, "Evals" if isinstance(scripted, openai.OpenAI) else "AsyncEvals", object)
    assert isinstance(scripted.evals, own)
    assert scripted.evals is scripted.evals


# Documents.


@pytest.fixture
def storage() -> Iterator[ScriptedServer]:
    """The other host, which signed URLs name."""
    with scripted_server() as server:
        server.answer(Answer(200, b"", {}))
        yield server


SMALL = b"%PDF small"
LARGE = b"%PDF" + bytes(5 * 1024 * 1024)


def as_pipe(content: bytes) -> Any:
    """A file that cannot be rewound and does not know its size."""
    reader, writer = os.pipe()
    with os.fdopen(writer, "wb") as file:
        file.write(content)
    return os.fdopen(reader, "rb")


@pytest.mark.parametrize("kind", ["path", "str", "bytes", "bytearray", "file", "pipe"])
async def test_a_small_document_goes_along_with_the_request(
    scripted: Any, script: ScriptedServer, kind: str, tmp_path: Path
) -> None:
    path = tmp_path / "bill.pdf"
    path.write_bytes(SMALL)
    file = {
        "path": lambda: path,
        "str": lambda: str(path),
        "bytes": lambda: SMALL,
        "bytearray": lambda: bytearray(SMALL),
        "file": lambda: io.BytesIO(SMALL),
        "pipe": lambda: as_pipe(SMALL),
    }[kind]()
    script.answer(json_answer({"ok": True}))
    answer = await settle(scripted.evals.sets.upload_document("es_1", file, idx=2, field_name="document"))
    if hasattr(file, "close"):
        file.close()
    assert answer["ok"] is True
    (received,) = script.received
    assert received.path == "/v1/eval-sets/es_1/attach-blob"
    assert SMALL in part(received.body, "file")
    assert part(received.body, "idx").endswith(b"2\r\n")
    assert b"document" in part(received.body, "field_name")
    mime = b"application/pdf" if kind in ("path", "str") else b"application/octet-stream"
    assert mime in part(received.body, "mime")
    assert mime in part(received.body, "file")


@pytest.mark.parametrize("kind", ["path", "bytes", "file", "pipe"])
async def test_a_large_document_goes_to_a_signed_url_without_the_key(
    build: Callable[..., Any], script: ScriptedServer, storage: ScriptedServer, kind: str, tmp_path: Path
) -> None:
    if kind == "path":
        file: Any = tmp_path / "bill.pdf"
        file.write_bytes(LARGE)
    elif kind == "pipe":
        file = Unseekable(LARGE)
    else:
        file = LARGE if kind == "bytes" else io.BytesIO(b"skipped" + LARGE)
    if kind == "file":
        file.read(len(b"skipped"))
    url = f"{storage.base_url}/bucket/blob?signature=abc"
    script.answer(json_answer({"upload_url": url, "storage_uri": "gs://bucket/blob"}), json_answer({"attached": True}))
    client = build(
        api_key="pareta_sk_canary", base_url=script.base_url, default_headers={"X-Mine": "1", "Cookie": "canary"}
    )
    answer = await settle(
        client.evals.sets.upload_document("es_1", file, idx=0, field_name="document", mime="application/pdf")
    )
    assert answer.attached is True
    asked, completed = script.received
    assert asked.path == "/v1/eval-sets/es_1/blob-upload-url"
    place = {"idx": 0, "field_name": "document", "mime": "application/pdf"}
    assert asked.json == {**place, "file_size": len(LARGE)}
    assert completed.path == "/v1/eval-sets/es_1/blob-upload-complete"
    assert completed.json == {**place, "storage_uri": "gs://bucket/blob"}
    (put,) = storage.received
    headers = {name.lower(): value for name, value in put.headers.items()}
    assert (put.method, put.path, put.body) == ("PUT", "/bucket/blob?signature=abc", LARGE)
    assert (headers["content-type"], headers["content-length"]) == ("application/pdf", str(len(LARGE)))
    assert b"canary" not in put.raw
    assert "authorization" not in headers


class Unseekable(io.BytesIO):
    """A file that cannot be rewound."""

    def seekable(self) -> bool:
        return False


async def test_the_local_platform_takes_documents_of_both_sizes(client: Any) -> None:
    tasks = await settle(client.tasks.list())
    task = next(task for task in tasks if task.has_blob_input)
    rows = [{"input": {"document": None}, "expected": row["expected"]} for row in task.examples[:2]]
    made = await settle(client.evals.sets.create(task=task.id, items=rows))
    for idx, content in enumerate((SMALL, LARGE)):
        await settle(
            client.evals.sets.upload_document(made.id, content, idx=idx, field_name="document", mime="application/pdf")
        )


@pytest.mark.parametrize("status", [403, 500, 204])
async def test_a_storage_that_refuses_is_named_with_its_status(
    scripted: Any, script: ScriptedServer, storage: ScriptedServer, status: int
) -> None:
    storage.answer(Answer(status, b"", {}))
    script.answer(json_answer({"upload_url": storage.base_url, "storage_uri": "s"}))
    with pytest.raises(UploadFailedError, match=rf"127\.0\.0\.1 answered {status}") as caught:
        await settle(scripted.evals.sets.upload_document("es_1", LARGE, idx=0, field_name="f"))
    assert (caught.value.status_code, caught.value.host) == (status, "127.0.0.1")
    assert len(script.received) == 1


async def test_a_redirect_of_the_storage_is_not_followed(
    scripted: Any, script: ScriptedServer, storage: ScriptedServer
) -> None:
    storage.answer(Answer(307, b"", {"location": f"{script.base_url}/elsewhere"}))
    script.answer(json_answer({"upload_url": storage.base_url, "storage_uri": "s"}))
    with pytest.raises(UploadFailedError, match="answered 307"):
        await settle(scripted.evals.sets.upload_document("es_1", LARGE, idx=0, field_name="f"))
    assert len(script.received) == 1


async def test_a_storage_that_is_not_reached_is_a_connection_error(scripted: Any, script: ScriptedServer) -> None:
    script.answer(json_answer({"upload_url": "http://127.0.0.1:1/blob", "storage_uri": "s"}))
    with pytest.raises(APIConnectionError, match=r"storage at 127\.0\.0\.1"):
        await settle(scripted.evals.sets.upload_document("es_1", LARGE, idx=0, field_name="f"))


async def test_an_upload_answer_without_a_url_is_unreadable(scripted: Any, script: ScriptedServer) -> None:
    script.answer(json_answer({"storage_uri": "s"}))
    with pytest.raises(APIResponseValidationError):
        await settle(scripted.evals.sets.upload_document("es_1", LARGE, idx=0, field_name="f"))


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"file": SMALL, "idx": -1, "field_name": "f"}, ValueError, "^idx is -1"),
        ({"file": SMALL, "idx": "0", "field_name": "f"}, ValueError, "^idx is '0'"),
        ({"file": SMALL, "idx": 0, "field_name": ""}, ValueError, "^field_name is ''"),
        ({"file": io.StringIO("text"), "idx": 0, "field_name": "f"}, TypeError, "binary mode, not StringIO"),
        ({"file": 7, "idx": 0, "field_name": "f"}, TypeError, "^file must be a path"),
        ({"file": "absent.pdf", "idx": 0, "field_name": "f"}, FileNotFoundError, r"absent\.pdf"),
    ],
)
async def test_a_document_that_cannot_be_sent_is_refused_unsent(
    scripted: Any, script: ScriptedServer, arguments: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        await settle(scripted.evals.sets.upload_document("es_1", **arguments))
    assert script.received == []


@pytest.mark.parametrize("body", [{}, {"eval_set": None}, {"eval_set": 7}, {"eval_set": []}])
async def test_an_answer_without_its_record_is_unreadable(scripted: Any, script: ScriptedServer, body: Any) -> None:
    script.answer(json_answer(body))
    with pytest.raises(APIResponseValidationError):
        await settle(scripted.evals.sets.retrieve("es_1"))


@pytest.mark.usefixtures("eval_set")
async def test_a_set_is_not_seen_by_another_organisation(build: Callable[..., Any], platform: LocalPlatform) -> None:
    other = build(api_key=platform.create_organisation().api_key, base_url=platform.base_url)
    assert await settle(other.evals.sets.list()) == []
