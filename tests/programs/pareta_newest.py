"""With the platform's own client, 3.0: receipts, retrieval, pictures, tasks, and evals with a prompt."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import pareta
from pareta import AsyncPareta, Pareta

TASK = "invoice-extraction"
PROMPT = "read vendor and total from each invoice"
MESSAGES = [{"role": "user", "content": "Invoice 2041, Hansen Tools, 54.00 EUR"}]
ROWS = [{"input": "Invoice 2041, 54.00 EUR", "expected": {"total": "54.00"}}] * 2
DOCUMENTS = ["Deliveries are on Tuesdays.", "The parties are Acme Ltd and Nordwind AS.", "Payment within 30 days."]


def chat(client: Pareta) -> None:
    completion = client.chat.completions.create(model="auto", messages=MESSAGES)
    assert completion.billed_micro_usd > 0
    assert completion.frontier_would_have_cost_micro_usd > completion.billed_micro_usd
    assert completion.savings_factor > 1
    chunks = list(client.chat.completions.create(model="auto", messages=MESSAGES, stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == completion.choices[0].message.content
    (model, *_) = client.models.list()
    assert client.chat.completions.create(model=model.id, messages=MESSAGES).choices[0].message.content


def retrieval(client: Pareta) -> None:
    embeddings = client.embeddings(DOCUMENTS)
    asked = client.embeddings("parties", input_type="query").vectors[0]
    assert len(embeddings) == 3
    assert embeddings.prompt_tokens > 0
    nearness = [sum(a * b for a, b in zip(asked, vector)) for vector in embeddings.vectors]  # noqa: B905
    assert nearness.index(max(nearness)) == 1
    ranked = client.rerank("parties", DOCUMENTS, top_n=2)
    assert (ranked.results[0].index, ranked.pairs) == (1, 3)
    assert 1 >= ranked.results[0].relevance_score >= ranked.results[1].relevance_score >= 0
    assert ranked.top_documents(DOCUMENTS)[0] == DOCUMENTS[1]


def pictures(client: Pareta) -> None:
    drawn = client.images.generate("a lighthouse at dusk", size="2560x1440", seed=7)
    assert (drawn.size, drawn.image[:4]) == ("2560x1440", b"\x89PNG")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "lighthouse.png")
        drawn.save(file)
        edited = client.images.edit(str(file), "at dawn", seed=7)
    assert (edited.size, edited.image[:4]) == ("2560x1440", b"\x89PNG")
    try:
        client.images.generate("a lighthouse", size="1x1")
    except pareta.BadRequestError as error:
        assert "1024x1024" in str(error)
    else:
        raise AssertionError("a size that there is not was drawn")


def tasks(client: Pareta) -> None:
    assert TASK in {task.id for task in client.tasks.list()}
    assert client.tasks.retrieve(TASK, examples_n=1).default_scorer
    assert client.tasks.match(PROMPT).chosen.task_id == TASK


def evals(client: Pareta) -> None:
    eval_set = client.evals.sets.create(items=ROWS, prompt=PROMPT, task=TASK, name="mine")
    assert (eval_set.task_id, eval_set.prompt, eval_set.item_count) == (TASK, PROMPT, 2)
    assert eval_set.id in {found.id for found in client.evals.sets.list()}
    assert client.evals.sets.retrieve(eval_set.id).prompt == PROMPT
    roster = client.evals.frontier_models(TASK)
    run = client.evals.runs.create(eval_set=eval_set.id, models=["invoice-kie-1"], frontier="benchmarked")
    run = client.evals.runs.wait(run.id, poll_interval=0.01)
    assert run.status == "completed"
    assert run.candidate_models == ["invoice-kie-1", *(model.id for model in roster if model.benchmarked)]
    assert client.evals.runs.retrieve(run.id).cost_micro_usd > 0
    documents = client.evals.sets.create(
        items=[{"input": {"document": None}, "expected": {"merchant": "Café"}}], prompt="read it", task="receipt-fields"
    )
    client.evals.sets.upload_document(documents.id, b"%PDF", idx=0, field_name="document", mime="application/pdf")
    client.evals.sets.upload_document(
        documents.id, bytes(5 * 1024 * 1024), idx=0, field_name="document", mime="application/pdf"
    )
    client.evals.sets.delete(eval_set.id)


def proposals(client: Pareta) -> None:
    proposed = client.evals.propose_contract(items=ROWS, prompt=PROMPT)
    assert (proposed.bound_task, proposed.prompt, proposed.homogeneous) == (TASK, PROMPT, True)
    assert proposed.proposals[0].evidence["validated_n"] == proposed.proposals[0].evidence["total_n"] == 2
    assert client.evals.sets.create(items=ROWS, prompt=PROMPT).task_id == TASK
    run = client.evals.runs.create(items=ROWS, prompt=PROMPT, models=["auto"], wait=True, poll_interval=0.01)
    assert (run.status, run.candidate_models) == ("completed", ["auto"])
    mixed = [*ROWS, {"input": "The app crashes.", "expected_output": "bug"}]
    split = client.evals.propose_contract(items=mixed, prompt=PROMPT)
    assert (split.bound_task, split.split["validated_n"], split.split["total_n"]) == (None, 2, 3)
    conflict = client.evals.propose_contract(items=ROWS, prompt="sort the support tickets")
    assert conflict.conflict["intended_task"] == "support-ticket-triage"
    try:
        client.evals.sets.create(items=ROWS, prompt="sort the support tickets")
    except pareta.ParetaError as error:
        assert "support-ticket-triage" in str(error)
    else:
        raise AssertionError("a set was made for a task that its rows do not have the form of")


async def at_the_same_time() -> None:
    async with AsyncPareta.from_env(max_retries=0) as client:
        completion, embeddings, ranked, drawn = await asyncio.gather(
            client.chat.completions.create(model="auto", messages=MESSAGES),
            client.embeddings(DOCUMENTS, input_type="document"),
            client.rerank("parties", DOCUMENTS),
            client.images.generate("a fox"),
        )
        assert completion.savings_factor > 1
        assert (len(embeddings), ranked.results[0].index) == (3, 1)
        edited = await client.images.edit(drawn.image, "with a red scarf")
        assert edited.size == drawn.size
        stream = await client.chat.completions.create(model="auto", messages=MESSAGES, stream=True)
        assert len([chunk async for chunk in stream]) > 2
        run = await client.evals.runs.create(
            items=ROWS, prompt=PROMPT, task=TASK, models=["invoice-kie-1"], wait=True, poll_interval=0.01
        )
        assert run.status == "completed"


def main() -> None:
    with Pareta.from_env() as patient:
        patient.models.list()
    with Pareta.from_env(max_retries=0) as client:
        chat(client)
        retrieval(client)
        pictures(client)
        tasks(client)
        evals(client)
        proposals(client)
    asyncio.run(at_the_same_time())
    print("done with pareta", pareta.__version__)


if __name__ == "__main__":
    main()
