"""Every call that asks the platform for something, with an answer that is right, for the fuzzers to spoil."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import openai
import pydantic

from pareta_openai import types
from tests.fuzz.harness import outcome, read_everything
from tests.support import COMPLETION, MESSAGES, collect, settle

ITEMS: list[Any] = [{"input": "Invoice 2041", "expected": {"total": "54.00"}}]

MODES = ("plain", "raw", "streaming")
"""Of asking: the method itself, and its twins under `with_raw_response` and `with_streaming_response`."""

LINES = "lines"
"""The last of them, read line by line and not parsed."""


class Invoice(pydantic.BaseModel):
    total: float


@dataclass(frozen=True)
class Operation:
    name: str
    namespace: Callable[[Any], Any]
    """From a client."""
    method: Callable[[Any], Any]
    """Calls the method, on the namespace or on one of its twins."""
    answer: Any
    """As the platform gives it."""
    gives: Callable[[Any], bool]
    """Whether a value is of the kind that the method is documented to give."""
    raises: tuple[type[Exception], ...] = ()
    """What it is documented to raise beside `ParetaError`."""

    def __str__(self) -> str:
        return self.name


async def perform(client: Any, operation: Operation, mode: str = "plain") -> Any:
    """What `operation` gives, on either client."""
    namespace = operation.namespace(client)
    if mode == "plain":
        return await settle(operation.method(namespace))
    if mode == "raw":
        response = await settle(operation.method(namespace.with_raw_response))
        return await settle(response.parse())
    opened = operation.method(namespace.with_streaming_response)
    if hasattr(opened, "__aenter__"):
        async with opened as response:
            return await (collect(response.iter_lines()) if mode == LINES else settle(response.parse()))
    with opened as response:
        return list(response.iter_lines()) if mode == LINES else response.parse()


def a(kind: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kind)


def list_of(kind: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(isinstance(item, kind) for item in value)


def is_none(value: Any) -> bool:
    return value is None


def anything(_: Any) -> bool:
    return True


ENDPOINT = {
    "id": "ep_1",
    "name": "one",
    "model": "contract-kie-1",
    "status": "live",
    "taskName": "contract-key-fields",
    "url": "https://one.example/v1",
    "recommendedSystemPrompt": "Extract.",
    "promptScaffold": None,
}
TASK = {"id": "t", "default_scorer": "exact", "has_blob_input": False, "examples": [{"input": "a", "expected": "b"}]}
CANDIDATE = {"task_id": "t", "score": 0.9, "confidence": "high", "category": "documents"}
MATCH = {
    "query": "q",
    "type": "task",
    "matched": True,
    "chosen": CANDIDATE,
    "candidates": [CANDIDATE, {**CANDIDATE, "score": 0.5}],
    "ambiguous": False,
    "matcher": "reason",
    "reasoning": "so",
    "confidence": "high",
    "capability": {"id": "chat", "label": "Chat", "category": "c", "category_id": "c1", "desc": "d"},
}
ENTRY = {
    "name": "a",
    "kind": "open",
    "quality": 0.9,
    "cost_per_request_micro_usd": 12.5,
    "context_k": 32,
    "run_mode": "serverless",
}
LEADERBOARD = {
    "task_id": "t",
    "metric": "f1",
    "cost_unit": "micro_usd",
    "recommended": "a",
    "frontier": {**ENTRY, "kind": "frontier"},
    "models": [ENTRY, {**ENTRY, "name": "b", "quality": 0.8, "cost_per_request_micro_usd": 3}, {"name": "c"}],
}
EVAL_SET = {"id": "es_1", "task_id": "t", "name": "n", "item_count": 1, "scoring_strategy": "exact"}
RUN = {
    "run": {
        "id": "run_1",
        "eval_set_id": "es_1",
        "status": "completed",
        "candidate_model_ids": ["a"],
        "total_cost_micro_usd": 123456,
        "error_detail": None,
    },
    "results": [
        {
            "model_id": "a",
            "kind": "open",
            "quality_mean": 0.5,
            "quality_ci_low": 0.4,
            "quality_ci_high": 0.6,
            "mean_cost_micro_usd": 1.5,
            "n_succeeded": 1,
            "error_count": 0,
            "per_item": [{"idx": 0, "score": 1.0, "prediction": {"total": "54.00"}, "error": None}],
        }
    ],
}
ROSTER = {"frontier_models": [{"id": "gpt", "vendor": "v", "vision": True, "benchmarked": True}]}
MODEL = {"id": "ep_1", "object": "model", "created": 1, "owned_by": "one"}
MODELS = {"object": "list", "data": [MODEL]}
EMBEDDINGS = {
    "object": "list",
    "data": [{"object": "embedding", "index": 0, "embedding": "AACAPwAAAEA="}, {"index": 1, "embedding": [0.5, 1]}],
    "model": "ep_1",
    "usage": {"prompt_tokens": 1, "total_tokens": 1},
}
STARTED = {"run_id": "run_1", "status": "queued"}
PARSED = {
    **COMPLETION,
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": '{"total": 54}'}}],
}


def _tasks(client: Any) -> Any:
    return client.tasks


def _endpoints(client: Any) -> Any:
    return client.endpoints


def _metrics(client: Any) -> Any:
    return client.endpoints.metrics("ep_1")


def _sets(client: Any) -> Any:
    return client.evals.sets


def _runs(client: Any) -> Any:
    return client.evals.runs


CONTROL_PLANE = [
    Operation("tasks.list", _tasks, lambda n: n.list(), {"tasks": [TASK, {"id": "u"}]}, list_of(types.Task)),
    Operation("tasks.retrieve", _tasks, lambda n: n.retrieve("t", examples_n=1), TASK, a(types.Task)),
    Operation("tasks.match", _tasks, lambda n: n.match("q"), MATCH, a(types.TaskMatch)),
    Operation("tasks.leaderboard", _tasks, lambda n: n.leaderboard("t"), LEADERBOARD, a(types.Leaderboard)),
    Operation("tasks.recommended", _tasks, lambda n: n.recommended("t"), LEADERBOARD, anything),
    Operation("endpoints.list", _endpoints, lambda n: n.list(), [ENDPOINT, {"name": "b"}], list_of(types.Endpoint)),
    Operation("endpoints.retrieve", _endpoints, lambda n: n.retrieve("ep_1"), ENDPOINT, a(types.Endpoint)),
    Operation("endpoints.start", _endpoints, lambda n: n.start("ep_1"), ENDPOINT, a(types.Endpoint)),
    Operation("endpoints.stop", _endpoints, lambda n: n.stop("ep_1"), ENDPOINT, a(types.Endpoint)),
    Operation("endpoints.delete", _endpoints, lambda n: n.delete("ep_1"), {}, is_none),
    Operation(
        "endpoints.wait_until_live",
        _endpoints,
        lambda n: n.wait_until_live("ep_1", timeout=0),
        ENDPOINT,
        a(types.Endpoint),
    ),
    Operation(
        "endpoints.ensure_live",
        _endpoints,
        lambda n: n.ensure_live("ep_1", timeout=0, progress=True),
        ENDPOINT,
        a(types.Endpoint),
    ),
    Operation(
        "metrics.performance",
        _metrics,
        lambda n: n.performance(window="24h"),
        {"p50": 1, "p95": 2.5, "p99": 3, "unit": "ms", "series": [{"at": "now", "p50": 1}]},
        a(types.EndpointPerformance),
    ),
    Operation("metrics.uptime", _metrics, lambda n: n.uptime(), {"availability": 0.99}, a(types.EndpointUptime)),
    Operation(
        "metrics.cost",
        _metrics,
        lambda n: n.cost(),
        {"total_micro_usd": 1, "frontier_baseline_micro_usd": 9, "savings_micro_usd": 8},
        a(types.EndpointCost),
    ),
    Operation("metrics.quality", _metrics, lambda n: n.quality(), {"quality_mean": 0.9}, a(types.EndpointQuality)),
    Operation(
        "metrics.activity", _metrics, lambda n: n.activity(), {"days": [{"calls": 1}]}, a(types.EndpointActivity)
    ),
    Operation(
        "evals.frontier_models",
        lambda client: client.evals,
        lambda n: n.frontier_models("t"),
        ROSTER,
        list_of(types.FrontierModel),
    ),
    Operation(
        "evals.sets.create",
        _sets,
        lambda n: n.create(task="t", items=ITEMS),
        {"eval_set": EVAL_SET},
        a(types.EvalSet),
    ),
    Operation("evals.sets.list", _sets, lambda n: n.list(), {"eval_sets": [EVAL_SET]}, list_of(types.EvalSet)),
    Operation("evals.sets.retrieve", _sets, lambda n: n.retrieve("es_1"), {"eval_set": EVAL_SET}, a(types.EvalSet)),
    Operation("evals.sets.delete", _sets, lambda n: n.delete("es_1"), {}, is_none),
    Operation(
        "evals.sets.upload_document",
        _sets,
        lambda n: n.upload_document("es_1", b"%PDF", idx=0, field_name="document"),
        {"idx": 0, "field_name": "document", "storage_uri": "s3://b/k", "size": 4},
        a(types.UploadedDocument),
    ),
    Operation(
        "evals.runs.create",
        _runs,
        lambda n: n.create(eval_set="es_1", models=["a"]),
        STARTED,
        a(types.EvalRun),
    ),
    Operation(
        "evals.runs.create, frontier and wait",
        _runs,
        lambda n: n.create(eval_set="es_1", models=["a"], frontier="all", wait=True, timeout=0, progress=True),
        # One answer for each of the requests on the way.
        {"eval_set": EVAL_SET, **ROSTER, **STARTED, **RUN},
        a(types.EvalRun),
        raises=(ValueError,),  # the set has no task, and none was passed
    ),
    Operation("evals.runs.retrieve", _runs, lambda n: n.retrieve("run_1"), RUN, a(types.EvalRun)),
    Operation("evals.runs.wait", _runs, lambda n: n.wait("run_1", timeout=0), RUN, a(types.EvalRun)),
]


def _completions(client: Any) -> Any:
    return client.chat.completions


def _create(completions: Any, **arguments: Any) -> Any:
    return completions.create(model="ep_1", messages=MESSAGES, **arguments)


def _embed(embeddings: Any) -> Any:
    return embeddings.create(model="ep_1", input="Invoice 2041")


def _parse(completions: Any) -> Any:
    return completions.parse(model="ep_1", messages=MESSAGES, response_format=Invoice)


def _with_parse(client: Any) -> Any:
    """Where `parse` is: below `beta` on the oldest openai."""
    return client.chat.completions if hasattr(client.chat.completions, "parse") else client.beta.chat.completions


# By openai: the model stopped early, or its text is not of the type that was asked for.
NOT_AS_ASKED = (openai.LengthFinishReasonError, openai.ContentFilterFinishReasonError, pydantic.ValidationError)

INFERENCE = [
    Operation("chat.completions.create", _completions, _create, COMPLETION, anything),
    Operation("chat.completions.parse", _with_parse, _parse, PARSED, anything, raises=NOT_AS_ASKED),
    Operation("embeddings.create", lambda client: client.embeddings, _embed, EMBEDDINGS, anything),
    Operation("models.list", lambda client: client.models, lambda n: n.list(), MODELS, anything),
]

OPERATIONS = CONTROL_PLANE + INFERENCE
UPLOAD = next(operation for operation in OPERATIONS if operation.name == "evals.sets.upload_document")


def ask(run: Callable[..., Any], operation: Operation, mode: str, **options: Any) -> None:
    """Fails for what is neither a value of the documented kind, all of which can be read, nor an error of one."""

    def call(client: Any) -> Any:
        return perform(client.with_options(**options) if options else client, operation, mode)

    try:
        given = outcome(lambda: run(call))
    except operation.raises:
        return
    if not isinstance(given, Exception):
        assert mode == LINES or operation.gives(given), given
    read_everything(given)
