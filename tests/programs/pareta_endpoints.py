"""With the platform's own client, 0.3: chat, endpoints and their metrics, tasks, evals; sync and async."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import pareta
from pareta import AsyncPareta, Pareta

TASK = "invoice-extraction"
MESSAGES = [{"role": "user", "content": "Invoice 2041, Hansen Tools, 54.00 EUR"}]
ROWS = [{"input": "Invoice 2041, 54.00 EUR", "expected": {"total": "54.00"}}] * 2
DOCUMENT_ROWS = [{"input": {"document": None}, "expected": {"merchant": "Café"}}]
LARGE = bytes(5 * 1024 * 1024)


def chat(client: Pareta, model: str) -> None:
    completion = client.chat.completions.create(model=model, messages=MESSAGES, temperature=0, top_k=5)
    assert completion.choices[0].message.role == "assistant"
    assert completion.choices[0].finish_reason == "stop"
    assert completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens
    chunks = list(client.chat.completions.create(model=model, messages=MESSAGES, stream=True))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert len(chunks) > 2
    assert text == completion.choices[0].message.content
    short = client.chat.completions.create(model=model, messages=MESSAGES, max_tokens=2)
    assert short.choices[0].finish_reason == "length"


def endpoints(client: Pareta) -> None:
    events = list(client.endpoints.deploy(task=TASK, name="ep-events", region="eu"))
    assert events[0]["event"] == "progress"
    assert events[0]["data"]["stage"]
    assert events[-1]["event"] == "complete"
    assert events[-1]["data"]["endpoint"]["id"] == "ep-events"
    endpoint = client.endpoints.deploy(task=TASK, model="invoice-kie-2", name="ep-program", wait=True)
    assert (endpoint.id, endpoint.model, endpoint.task, endpoint.is_live) == ("ep-program", "invoice-kie-2", TASK, True)
    assert endpoint.url
    assert endpoint.recommended_system_prompt
    assert endpoint.prompt_scaffold is None
    chat(client, endpoint.id)
    chat(client, "invoice-kie-2")
    metrics = client.endpoints.metrics(endpoint.id)
    assert metrics.performance(window="24h")["p50"] <= metrics.performance()["p99"]
    assert metrics.uptime(since="30d")["availability"] == 1
    cost = metrics.cost(group_by="day")
    assert cost["savings_micro_usd"] == cost["frontier_baseline_micro_usd"] - cost["total_micro_usd"] > 0
    assert 0 < metrics.quality()["quality_mean"] <= 1
    assert metrics.activity()["requests"] == 6
    assert {found.id for found in client.endpoints.list()} >= {"ep-program", "ep-events"}
    assert {model.id for model in client.models.list()} >= {"ep-program", "ep-events"}
    assert client.endpoints.stop("ep-program")["status"] == "stopped"
    try:
        client.chat.completions.create(model="ep-program", messages=MESSAGES)
    except pareta.EndpointNotReadyError as error:
        assert error.status_code == 503
    else:
        raise AssertionError("a stopped endpoint answered")
    assert client.endpoints.start("ep-program")["status"] in ("live", "starting")
    assert client.endpoints.retrieve("ep-program").status in ("live", "starting")
    client.endpoints.delete("ep-program")
    client.endpoints.delete("ep-events")


def tasks(client: Pareta) -> None:
    assert TASK in {task.id for task in client.tasks.list()}
    task = client.tasks.retrieve(TASK, examples_n=1)
    assert task.default_scorer
    assert not task.has_blob_input
    assert len(task["examples"]) == 1
    match = client.tasks.match("read vendor and total from invoices", top_k=3)
    assert (match.type, match.matched, match.chosen.task_id) == ("task", True, TASK)
    assert client.tasks.match("transcribe a recording").capability.id == "asr"
    assert client.tasks.match("generate a video of a cat").type == "unsupported"
    board = client.tasks.leaderboard(TASK)
    assert board.recommended == client.tasks.recommended(TASK)
    assert board.frontier.kind == "frontier"
    assert board.models[0].quality >= board.models[-1].quality


def evals(client: Pareta) -> None:
    eval_set = client.evals.sets.create(task=TASK, items=ROWS, name="mine")
    assert (eval_set.task_id, eval_set.name, eval_set.item_count) == (TASK, "mine", 2)
    assert eval_set.id in {found.id for found in client.evals.sets.list()}
    assert client.evals.sets.retrieve(eval_set.id).scoring_strategy
    roster = client.evals.frontier_models(TASK)
    assert any(model.benchmarked for model in roster)
    run = client.evals.runs.create(eval_set=eval_set.id, models=["invoice-kie-1"], frontier="benchmarked")
    assert run.status in ("queued", "running", "evaluating", "completed")
    run = client.evals.runs.wait(run.id, poll_interval=0.01)
    assert run.status == "completed"
    assert run.candidate_models == ["invoice-kie-1", *(model.id for model in roster if model.benchmarked)]
    assert run.cost_micro_usd > 0
    result = run.results[0]
    assert 0 <= result.quality_ci_low <= result.quality_mean <= result.quality_ci_high <= 1
    assert [item.idx for item in result.per_item] == [0, 1]
    at_once = client.evals.runs.create(
        task=TASK, items=ROWS, models=["invoice-kie-2"], frontier=[roster[0].id], wait=True, poll_interval=0.01
    )
    assert client.evals.runs.retrieve(at_once.id).is_terminal
    client.evals.sets.delete(eval_set.id)


def documents(client: Pareta) -> None:
    eval_set = client.evals.sets.create(task="receipt-fields", items=DOCUMENT_ROWS)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "page.pdf")
        page.write_bytes(b"%PDF-1.7")
        client.evals.sets.upload_document(eval_set.id, page, idx=0, field_name="document")
    client.evals.sets.upload_document(eval_set.id, LARGE, idx=0, field_name="document", mime="application/pdf")


def refusals(client: Pareta) -> None:
    def refused(kind: type[Exception], call) -> None:
        try:
            call()
        except kind as error:
            assert isinstance(error, pareta.APIStatusError)
            assert error.request_id
        else:
            raise AssertionError(f"no {kind.__name__}")

    refused(pareta.NotFoundError, lambda: client.chat.completions.create(model="absent", messages=MESSAGES))
    refused(pareta.BadRequestError, lambda: client.tasks.retrieve(TASK, examples_n=-1))
    refused(pareta.ConflictError, lambda: client.endpoints.delete("ep_invoice_kie"))
    with Pareta(api_key="pareta_sk_of_nobody", base_url=client.base_url) as stranger:
        refused(pareta.AuthenticationError, stranger.models.list)


async def at_the_same_time() -> None:
    async with AsyncPareta.from_env(max_retries=0) as client:
        endpoint = await client.endpoints.deploy(task=TASK, name="ep-async", wait=True)
        answers = await asyncio.gather(
            *(client.chat.completions.create(model=endpoint.id, messages=MESSAGES) for _ in range(3))
        )
        assert len({answer.id for answer in answers}) == 3
        stream = await client.chat.completions.create(model=endpoint.id, messages=MESSAGES, stream=True)
        assert len([chunk async for chunk in stream]) > 2
        assert (await client.endpoints.metrics(endpoint.id).activity())["requests"] == 4
        assert (await client.tasks.match("read invoices")).chosen.task_id == TASK
        eval_set = await client.evals.sets.create(task=TASK, items=ROWS)
        run = await client.evals.runs.create(
            eval_set=eval_set.id, models=["invoice-kie-1"], frontier="all", wait=True, poll_interval=0.01
        )
        assert run.status == "completed"
        await client.endpoints.delete(endpoint.id)


def main() -> None:
    with Pareta.from_env() as patient:
        patient.models.list()
    with Pareta.from_env(max_retries=0) as client:
        chat(client, "ep_contract_kie")
        endpoints(client)
        tasks(client)
        evals(client)
        documents(client)
        refusals(client)
    asyncio.run(at_the_same_time())
    print("done with pareta", pareta.__version__)


if __name__ == "__main__":
    main()
