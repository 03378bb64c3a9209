"""`with_raw_response` and `with_streaming_response` of our namespaces, at both levels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pareta_openai import AsyncDeployStream, DeployStream, EvalRun
from tests.support import Answer, ScriptedServer, collect, json_answer, settle

pytestmark = pytest.mark.anyio

ENDPOINT = {"id": "ep", "status": "live"}
SET = {"eval_set": {"id": "es", "task_id": "t"}}
RUN = {"run": {"id": "run", "status": "completed"}, "results": []}
STREAM = Answer(
    200,
    b'event: complete\ndata: {"endpoint": {"id": "ep", "status": "live"}}\n\n',
    {"content-type": "text/event-stream", "x-request-id": "req"},
)

# A namespace, the call on it, and what the platform answers.
CALLS: dict[str, tuple[str, Callable[[Any], Any], Any]] = {
    "endpoints.list": ("endpoints", lambda n: n.list(), [ENDPOINT]),
    "endpoints.retrieve": ("endpoints", lambda n: n.retrieve("ep"), ENDPOINT),
    "endpoints.start": ("endpoints", lambda n: n.start("ep"), ENDPOINT),
    "endpoints.stop": ("endpoints", lambda n: n.stop("ep"), ENDPOINT),
    "endpoints.delete": ("endpoints", lambda n: n.delete("ep"), None),
    "endpoints.wait_until_live": ("endpoints", lambda n: n.wait_until_live("ep"), ENDPOINT),
    "endpoints.ensure_live": ("endpoints", lambda n: n.ensure_live("ep"), ENDPOINT),
    "endpoints.metrics.performance": ("endpoints", lambda n: n.metrics("ep").performance(), {"p50": 1.0}),
    "endpoints.metrics.uptime": ("endpoints", lambda n: n.metrics("ep").uptime(), {}),
    "endpoints.metrics.cost": ("endpoints", lambda n: n.metrics("ep").cost(), {}),
    "endpoints.metrics.quality": ("endpoints", lambda n: n.metrics("ep").quality(), {}),
    "endpoints.metrics.activity": ("endpoints", lambda n: n.metrics("ep").activity(), {}),
    "tasks.list": ("tasks", lambda n: n.list(), {"tasks": [{"id": "t"}]}),
    "tasks.retrieve": ("tasks", lambda n: n.retrieve("t"), {"id": "t"}),
    "tasks.match": ("tasks", lambda n: n.match("q"), {}),
    "tasks.leaderboard": ("tasks", lambda n: n.leaderboard("t"), {}),
    "tasks.recommended": ("tasks", lambda n: n.recommended("t"), {"recommended": "m"}),
    "evals.frontier_models": ("evals", lambda n: n.frontier_models("t"), {"frontier_models": [{"id": "f"}]}),
    "evals.sets.create": ("evals", lambda n: n.sets.create(task="t", items=[{"input": "a"}]), SET),
    "evals.sets.list": ("evals", lambda n: n.sets.list(), {"eval_sets": []}),
    "evals.sets.retrieve": ("evals", lambda n: n.sets.retrieve("es"), SET),
    "evals.sets.delete": ("evals", lambda n: n.sets.delete("es"), None),
    "evals.sets.upload_document": (
        "evals",
        lambda n: n.sets.upload_document("es", b"x", idx=0, field_name="f"),
        {},
    ),
    "evals.runs.create": ("evals", lambda n: n.runs.create(eval_set="es", models=["m"]), {"run_id": "r"}),
    "evals.runs.retrieve": ("evals", lambda n: n.runs.retrieve("run"), RUN),
    "evals.runs.wait": ("evals", lambda n: n.runs.wait("run"), RUN),
}


def answer_of(body: Any) -> Answer:
    return Answer(204, b"", {"x-request-id": "req"}) if body is None else json_answer(body, **{"x-request-id": "req"})


@pytest.mark.parametrize("name", CALLS)
async def test_a_raw_response_has_headers_and_parses_to_what_the_method_gives(
    scripted: Any, script: ScriptedServer, name: str
) -> None:
    namespace, call, body = CALLS[name]
    script.answer(answer_of(body))
    given = await settle(call(getattr(scripted, namespace)))
    for raw_namespace in (
        getattr(scripted, namespace).with_raw_response,
        getattr(scripted.with_raw_response, namespace),
    ):
        raw = await settle(call(raw_namespace))
        assert raw.headers["x-request-id"] == "req"
        assert raw.parse() == given


@pytest.mark.parametrize("name", CALLS)
async def test_a_streaming_response_parses_to_what_the_method_gives(
    scripted: Any, script: ScriptedServer, name: str
) -> None:
    namespace, call, body = CALLS[name]
    script.answer(answer_of(body))
    given = await settle(call(getattr(scripted, namespace)))
    for streaming_namespace in (
        getattr(scripted, namespace).with_streaming_response,
        getattr(scripted.with_streaming_response, namespace),
    ):
        manager = call(streaming_namespace)
        if hasattr(manager, "__aenter__"):
            async with manager as response:
                assert response.headers["x-request-id"] == "req"
                assert await response.parse() == given
        else:
            with manager as response:
                assert response.headers["x-request-id"] == "req"
                assert response.parse() == given


def test_every_method_is_among_the_calls() -> None:
    from pareta_openai.resources import endpoints, eval_runs, eval_sets, evals, metrics, tasks

    classes = {
        "endpoints": endpoints.Endpoints,
        "endpoints.metrics": metrics.Metrics,
        "tasks": tasks.Tasks,
        "evals.sets": eval_sets.EvalSets,
        "evals.runs": eval_runs.EvalRuns,
    }
    methods = {
        f"{name}.{method}"
        for name, owner in classes.items()
        for method, function in vars(owner).items()
        if callable(function) and not method.startswith("_")
    } | {"evals.frontier_models"}
    assert methods - {"endpoints.metrics", "endpoints.deploy"} == set(CALLS)
    assert set(dir(evals.Evals)) >= {"sets", "runs", "frontier_models"}


async def test_a_raw_deploy_parses_to_the_stream(scripted: Any, script: ScriptedServer) -> None:
    script.answer(STREAM)
    for namespace in (scripted.endpoints.with_raw_response, scripted.with_raw_response.endpoints):
        raw = await settle(namespace.deploy(task="t"))
        assert raw.headers["x-request-id"] == "req"
        stream = raw.parse()
        assert isinstance(stream, (DeployStream, AsyncDeployStream))
        await collect(stream)
        assert stream.endpoint.id == "ep"


async def test_a_raw_deploy_cannot_wait(scripted: Any, script: ScriptedServer) -> None:
    with pytest.raises(ValueError, match="wait=False"):
        await settle(scripted.endpoints.with_raw_response.deploy(task="t", wait=True))
    assert script.received == []


async def test_a_raw_run_that_is_waited_for_is_the_last_answer(scripted: Any, script: ScriptedServer) -> None:
    running = {"run": {"id": "run", "status": "running"}}
    script.answer(json_answer({"run_id": "run", "status": "queued"}), json_answer(running), json_answer(RUN))
    raw = await settle(
        scripted.with_raw_response.evals.runs.create(eval_set="es", models=["m"], wait=True, poll_interval=0.01)
    )
    run = raw.parse()
    assert isinstance(run, EvalRun)
    assert run.status == "completed"


async def test_openais_own_namespaces_have_raw_responses_as_before(scripted: Any) -> None:
    assert scripted.with_raw_response.chat.completions.create
    assert scripted.with_streaming_response.embeddings.create
    assert "endpoints" in dir(scripted.with_raw_response)
    assert "deploy" in dir(scripted.endpoints.with_raw_response)
    with pytest.raises(AttributeError):
        scripted.with_raw_response.absent  # noqa: B018
    with pytest.raises(AttributeError):
        scripted.endpoints.with_raw_response.absent  # noqa: B018
