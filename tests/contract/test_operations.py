"""Each row of the contract's tables of routes, through both clients; a test is named after its `operationId`."""

from __future__ import annotations

import json
import re
import sys
from importlib.resources import files
from typing import Any

import pytest

import pareta_openai
from pareta_openai.local import Organisation
from tests.support import MESSAGES, collect, settle

pytestmark = pytest.mark.anyio

DOCUMENT = json.loads(files(pareta_openai).joinpath("openapi.json").read_text(encoding="utf-8"))
OPERATIONS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if isinstance(operation, dict) and "operationId" in operation
}

TASK = "invoice-extraction"
ROWS = [{"input": "Invoice 1, 1.00 EUR", "expected": {"total": "1.00"}}] * 2


def test_every_operation_has_a_test() -> None:
    """Those of newer platforms are not of the control plane, and wait for their namespaces."""
    wanted = {name for name, (_, _, operation) in OPERATIONS.items() if "x-platform" not in operation}
    tests = {name for name in vars(sys.modules[__name__]) if name.startswith("test_")}
    assert {f"test_{snake(name)}" for name in wanted} <= tests


def snake(operation_id: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation_id).lower()


async def ask(call: Any, operation_id: str) -> Any:
    """What a raw call gives, once it is sure that it went to this operation and was answered as documented."""
    raw = await settle(call)
    method, path, operation = OPERATIONS[operation_id]
    request = raw.http_response.request
    template = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))
    assert request.method == method
    assert re.fullmatch(template, request.url.path)
    assert str(raw.http_response.status_code) in operation["responses"]
    return raw.parse()


@pytest.fixture
async def eval_set(client: Any) -> str:
    return (await settle(client.evals.sets.create(task=TASK, items=ROWS))).id


@pytest.fixture
async def document_set(client: Any) -> str:
    task = next(task for task in await settle(client.tasks.list()) if task.has_blob_input)
    rows = [{"input": {"document": None}, "expected": task.examples[0]["expected"]}]
    return (await settle(client.evals.sets.create(task=task.id, items=rows))).id


async def test_create_chat_completion(client: Any, endpoint: str) -> None:
    create = client.chat.completions.with_raw_response.create
    completion = await ask(create(model=endpoint, messages=MESSAGES), "createChatCompletion")
    assert completion.choices[0].message.content
    chunks = await collect(await ask(create(model=endpoint, messages=MESSAGES, stream=True), "createChatCompletion"))
    assert chunks[-1].choices[0].finish_reason == "stop"


async def test_list_models(client: Any, endpoint: str) -> None:
    page = await ask(client.models.with_raw_response.list(), "listModels")
    assert [(model.id, model.object) for model in page.data] == [(endpoint, "model")]


async def test_deploy_endpoint(client: Any) -> None:
    raw = client.endpoints.with_raw_response.deploy(task=TASK, name="ep_new", model="invoice-kie-2", region="eu")
    stream = await ask(raw, "deployEndpoint")
    events = await collect(stream)
    assert {event.event for event in events} == {"progress", "complete"}
    assert (stream.endpoint.id, stream.endpoint.model) == ("ep_new", "invoice-kie-2")


async def test_list_endpoints(client: Any, endpoint: str) -> None:
    await settle(client.endpoints.stop(endpoint))
    (listed,) = await ask(client.endpoints.with_raw_response.list(), "listEndpoints")
    assert (listed.id, listed.status) == (endpoint, "stopped")


async def test_retrieve_endpoint(client: Any, endpoint: str) -> None:
    record = await ask(client.endpoints.with_raw_response.retrieve(endpoint), "retrieveEndpoint")
    assert (record.id, record.task, record.is_live) == (endpoint, TASK, True)
    assert record.url
    assert record.recommended_system_prompt


async def test_start_endpoint(client: Any, endpoint: str) -> None:
    await settle(client.endpoints.stop(endpoint))
    await ask(client.endpoints.with_raw_response.start(endpoint), "startEndpoint")
    assert (await settle(client.endpoints.retrieve(endpoint))).is_live


async def test_stop_endpoint(client: Any, endpoint: str) -> None:
    status = await ask(client.endpoints.with_raw_response.stop(endpoint), "stopEndpoint")
    assert status["status"] == "stopped"


async def test_delete_endpoint(client: Any, endpoint: str) -> None:
    assert await ask(client.endpoints.with_raw_response.delete(endpoint), "deleteEndpoint") is None
    assert await settle(client.endpoints.list()) == []


@pytest.fixture
async def metrics(client: Any, endpoint: str) -> Any:
    await settle(client.chat.completions.create(model=endpoint, messages=MESSAGES))
    return client.endpoints.with_raw_response.metrics(endpoint)


async def test_endpoint_performance(metrics: Any) -> None:
    performance = await ask(metrics.performance(window="24h"), "endpointPerformance")
    assert performance.p50 <= performance.p95 <= performance.p99


async def test_endpoint_uptime(metrics: Any) -> None:
    assert (await ask(metrics.uptime(since="30d"), "endpointUptime")).availability == 1


async def test_endpoint_cost(metrics: Any, organisation: Organisation) -> None:
    cost = await ask(metrics.cost(group_by="day"), "endpointCost")
    assert cost.total_micro_usd == organisation.spent_micro_usd
    assert cost.savings_micro_usd == cost.frontier_baseline_micro_usd - cost.total_micro_usd


async def test_endpoint_quality(metrics: Any) -> None:
    assert 0 < (await ask(metrics.quality(), "endpointQuality")).quality_mean <= 1


async def test_endpoint_activity(metrics: Any) -> None:
    assert (await ask(metrics.activity(), "endpointActivity")).requests == 1


async def test_list_tasks(client: Any) -> None:
    assert TASK in {task.id for task in await ask(client.tasks.with_raw_response.list(), "listTasks")}


async def test_retrieve_task(client: Any) -> None:
    task = await ask(client.tasks.with_raw_response.retrieve(TASK, examples_n=1), "retrieveTask")
    assert (task.id, len(task.examples), task.has_blob_input) == (TASK, 1, False)
    assert task.default_scorer


async def test_match_task(client: Any) -> None:
    match = await ask(client.tasks.with_raw_response.match("read invoices", top_k=2), "matchTask")
    assert (match.type, match.matched, match.chosen.task_id) == ("task", True, TASK)
    assert len(match.candidates) <= 2


async def test_retrieve_leaderboard(client: Any) -> None:
    board = await ask(client.tasks.with_raw_response.leaderboard(TASK), "retrieveLeaderboard")
    assert (board.task_id, board.frontier.kind) == (TASK, "frontier")
    assert board.recommended in {entry.name for entry in board.models if entry.kind == "open"}


async def test_list_frontier_models(client: Any) -> None:
    roster = await ask(client.evals.with_raw_response.frontier_models(TASK), "listFrontierModels")
    assert any(model.benchmarked for model in roster)


async def test_list_eval_sets(client: Any, eval_set: str) -> None:
    assert [s.id for s in await ask(client.evals.with_raw_response.sets.list(), "listEvalSets")] == [eval_set]


async def test_create_eval_set(client: Any) -> None:
    raw = client.evals.with_raw_response.sets.create(task=TASK, items=ROWS, name="mine")
    created = await ask(raw, "createEvalSet")
    assert (created.task_id, created.name, created.item_count) == (TASK, "mine", 2)


async def test_retrieve_eval_set(client: Any, eval_set: str) -> None:
    assert (await ask(client.evals.with_raw_response.sets.retrieve(eval_set), "retrieveEvalSet")).id == eval_set


async def test_delete_eval_set(client: Any, eval_set: str) -> None:
    assert await ask(client.evals.with_raw_response.sets.delete(eval_set), "deleteEvalSet") is None
    assert await settle(client.evals.sets.list()) == []


async def test_attach_blob(client: Any, document_set: str) -> None:
    raw = client.evals.with_raw_response.sets.upload_document(document_set, b"%PDF", idx=0, field_name="document")
    await ask(raw, "attachBlob")


LARGE = bytes(5 * 1024 * 1024)


async def upload_large(client: Any, document_set: str) -> Any:
    raw = client.evals.with_raw_response.sets.upload_document(document_set, LARGE, idx=0, field_name="document")
    return await ask(raw, "completeBlobUpload")


@pytest.fixture
def sent(client: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The requests that the client sends, for those that no method gives the raw response of."""
    requests: list[Any] = []
    http = client._client
    original = http.send

    def send(request: Any, **arguments: Any) -> Any:
        requests.append(request)
        return original(request, **arguments)

    monkeypatch.setattr(http, "send", send)
    return requests


async def test_create_blob_upload_url(client: Any, document_set: str, sent: list[Any]) -> None:
    await upload_large(client, document_set)
    assert (sent[0].method, sent[0].url.path) == ("POST", f"/v1/eval-sets/{document_set}/blob-upload-url")
    asked = json.loads(sent[0].content)
    assert asked == {"idx": 0, "field_name": "document", "mime": "application/octet-stream", "file_size": len(LARGE)}


async def test_upload_blob(client: Any, document_set: str, sent: list[Any]) -> None:
    await upload_large(client, document_set)
    assert (sent[1].method, sent[1].headers["content-type"]) == ("PUT", "application/octet-stream")
    assert "authorization" not in sent[1].headers
    assert sent[1].url.netloc != sent[0].url.netloc


async def test_complete_blob_upload(client: Any, document_set: str) -> None:
    await upload_large(client, document_set)


async def test_create_eval_run(client: Any, eval_set: str) -> None:
    raw = client.evals.with_raw_response.runs.create(eval_set=eval_set, models=["invoice-kie-1"], frontier="all")
    run = await ask(raw, "createEvalRun")
    finished = await settle(client.evals.runs.wait(run.id, poll_interval=0.01))
    roster = await settle(client.evals.frontier_models(TASK))
    assert finished.candidate_models == ["invoice-kie-1", *(model.id for model in roster)]


async def test_retrieve_eval_run(client: Any, eval_set: str) -> None:
    started = await settle(client.evals.runs.create(eval_set=eval_set, models=["invoice-kie-1"], wait=True))
    run = await ask(client.evals.with_raw_response.runs.retrieve(started.id), "retrieveEvalRun")
    assert (run.id, run.eval_set_id, run.status) == (started.id, eval_set, "completed")
    assert run.results[0].quality_mean is not None
