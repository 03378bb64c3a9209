"""The types that users see: never run, but checked by mypy and pyright, where a wrong one is an error."""

from __future__ import annotations

from decimal import Decimal

import openai
from typing_extensions import assert_type

from pareta_openai import (
    AsyncChatStream,
    AsyncDeployStream,
    AsyncOpenAI,
    AsyncPareta,
    AsyncParetaOpenAI,
    ChatCompletion,
    ChatCompletionChunk,
    ChatStream,
    DeployEvent,
    DeployStream,
    Endpoint,
    EndpointCost,
    EvalRun,
    EvalSet,
    FrontierModel,
    InsufficientCreditsError,
    Leaderboard,
    LeaderboardEntry,
    OpenAI,
    Pareta,
    ParetaOpenAI,
    Shadow,
    Task,
    TaskMatch,
    WaitTimeoutError,
    evals_from_openai,
)


def takes_openai(client: openai.OpenAI) -> None: ...


def takes_async_openai(client: openai.AsyncOpenAI) -> None: ...


def clients() -> None:
    client = OpenAI(api_key="pareta_sk_x", model_aliases={"a": "b"}, on_not_ready="start", timeout=5, max_retries=1)
    takes_openai(client)
    takes_openai(Pareta())
    takes_async_openai(AsyncPareta())
    assert_type(client, ParetaOpenAI)
    assert_type(OpenAI.from_env(), ParetaOpenAI)
    assert_type(client.with_options(timeout=5), ParetaOpenAI)
    assert_type(client.copy(model_aliases={}), ParetaOpenAI)
    assert_type(AsyncOpenAI().with_options(max_retries=0), AsyncParetaOpenAI)
    with OpenAI() as entered:
        assert_type(entered, ParetaOpenAI)
    OpenAI(max_retry=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def going_over(client: OpenAI) -> None:
    theirs = openai.OpenAI()
    OpenAI(fallback=theirs, fallback_on=(InsufficientCreditsError,), fallback_models={"ep": "gpt-4o"}, share=0.1)
    OpenAI(fallback=openai.OpenAI, on_fallback=lambda event: print(event.model), share_key="user")
    AsyncOpenAI(fallback=theirs)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    shadow = Shadow("rows.jsonl", max_concurrency=2)
    assert_type(client.with_options(fallback=theirs, shadow=shadow), ParetaOpenAI)
    assert_type(client.shadow, Shadow | None)
    OpenAI(model_aliases={"gpt-4o": "ep_one", "*": lambda name: f"ep_{name}"}, allow_unsupported=True)
    OpenAI(model_aliases=str.upper)
    answer = client.chat.completions.create(model="ep", messages=[])
    assert_type(answer.served_by, str)


def chat(client: OpenAI, stream: bool) -> None:
    create = client.chat.completions.create
    completion = create(model="ep", messages=[{"role": "user", "content": "Hello"}], temperature=0, top_k=5)
    assert_type(completion, ChatCompletion)
    assert_type(completion.choices[0].message.content, str | None)
    assert_type(completion.billed_micro_usd, int | None)
    assert_type(completion.savings_factor, float | None)
    chunks = create(model="ep", messages=[], stream=True)
    assert_type(chunks, ChatStream)
    assert_type(chunks.billed_micro_usd, int | None)
    for chunk in chunks:
        assert_type(chunk, ChatCompletionChunk)
    assert_type(create(model="ep", messages=[], stream=stream), ChatCompletion | ChatStream)
    assert_type(len(client.models.list()), int)


def endpoints(client: OpenAI) -> None:
    stream = client.endpoints.deploy(task="t")
    assert_type(stream, DeployStream)
    for event in stream:
        assert_type(event, DeployEvent)
        assert_type(event.stage, str | None)
    assert_type(stream.endpoint, Endpoint)
    assert_type(client.endpoints.deploy(task="t", wait=False), DeployStream)
    assert_type(client.endpoints.deploy(task="t", wait=True, region="eu"), Endpoint)
    assert_type(client.endpoints.list(), list[Endpoint])
    assert_type(client.endpoints.wait_until_live("ep", timeout=5), Endpoint)
    assert_type(client.endpoints.ensure_live("ep", on_progress=print), Endpoint)
    assert_type(client.endpoints.metrics("ep").cost(window="24h"), EndpointCost)


def tasks(client: OpenAI) -> None:
    assert_type(client.tasks.list(), list[Task])
    assert_type(client.tasks.match("q"), TaskMatch)
    board = client.tasks.leaderboard("t")
    assert_type(board, Leaderboard)
    assert_type(board.pareto_front(), list[LeaderboardEntry])
    assert_type(client.tasks.recommended("t"), str | None)


def evals(client: OpenAI) -> None:
    assert_type(client.evals.sets.create(task="t", items=evals_from_openai("f.jsonl")), EvalSet)
    assert_type(client.evals.sets.create(task="t", items=[{"input": "a"}]), EvalSet)
    run = client.evals.runs.create(eval_set="es", models=["m"], frontier="all", wait=True)
    assert_type(run, EvalRun)
    assert_type(run.cost, Decimal)
    assert_type(client.evals.runs.wait("run", timeout=5), EvalRun)
    assert_type(client.evals.frontier_models(), list[FrontierModel])


def errors(error: InsufficientCreditsError, wait: WaitTimeoutError) -> None:
    status_error: openai.APIStatusError = error
    timeout: TimeoutError = wait
    assert_type(wait.id, str)
    raise timeout
    assert_type(error.hint, str)
    assert_type(status_error.status_code, int)


def embeddings(client: OpenAI) -> None:
    vectors = client.embeddings.create(model="m", input="text", input_type="query", timeout=5)
    assert_type(vectors.data[0].embedding, list[float])


async def asynchronous(client: AsyncOpenAI) -> None:
    completion = await client.chat.completions.create(model="ep", messages=[])
    assert_type(completion, ChatCompletion)
    chunks = await client.chat.completions.create(model="ep", messages=[], stream=True)
    assert_type(chunks, AsyncChatStream)
    async for chunk in chunks:
        assert_type(chunk, ChatCompletionChunk)
    stream = await client.endpoints.deploy(task="t")
    assert_type(stream, AsyncDeployStream)
    async for event in stream:
        assert_type(event, DeployEvent)
    assert_type(await client.endpoints.deploy(task="t", wait=True), Endpoint)
    assert_type(await client.endpoints.ensure_live("ep"), Endpoint)
    assert_type(await client.endpoints.metrics("ep").cost(), EndpointCost)
    assert_type(await client.tasks.list(), list[Task])
    assert_type(await client.evals.runs.wait("run"), EvalRun)
