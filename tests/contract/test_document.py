"""The contract as data, held against itself and against what the local platform answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend
from openapi_spec_validator import validate

from pareta_openai.local import LocalPlatform, Organisation
from tests.local.conftest import Answer, Caller

DOCUMENT: dict[str, Any] = json.loads(resources.files("pareta_openai").joinpath("openapi.json").read_text("utf-8"))
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

KEY = {"Idempotency-Key": "one-call"}
CHAT = {"model": "invoice-kie-1", "messages": [{"role": "user", "content": "Invoice 7"}]}
IMAGE = "aW1hZ2U="
PLACE = {"idx": 0, "field_name": "page", "mime": "image/png"}


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    definition: dict[str, Any]
    parameters: list[dict[str, Any]]

    @property
    def id(self) -> str:
        return str(self.definition["operationId"])

    def response(self, status: int) -> dict[str, Any]:
        """What the document says of an answer with this status."""
        responses = self.definition["responses"]
        for key in (str(status), f"{status // 100}XX"):
            if key in responses:
                return resolve(responses[key])
        raise AssertionError(f"{self.id} is not documented to answer {status}")


def resolve(part: dict[str, Any]) -> dict[str, Any]:
    """What a `$ref` stands for; anything else as it is."""
    while "$ref" in part:
        found: Any = DOCUMENT
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/").replace("~0", "~")]
        part = found
    return part


def operations() -> Iterator[Operation]:
    for path, item in DOCUMENT["paths"].items():
        for method in METHODS:
            if method in item:
                parameters = [*item.get("parameters", []), *item[method].get("parameters", [])]
                yield Operation(method.upper(), path, item[method], [resolve(part) for part in parameters])


OPERATIONS = {operation.id: operation for operation in operations()}


def everything_in(part: Any) -> Iterator[dict[str, Any]]:
    """Every object in the document."""
    if isinstance(part, dict):
        yield part
    for child in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from everything_in(child)


def content(validator: Any, schema: dict[str, Any], text: Any, _: Any) -> Iterator[ValidationError]:
    """Holds JSON in a text against its `contentSchema`, which JSON Schema leaves to whoever reads it."""
    try:
        value = json.loads(text)
    except ValueError as error:
        yield ValidationError(str(error))
    else:
        yield from validator.descend(value, schema)


Validator: Any = extend(Draft202012Validator, {"contentSchema": content})


def check(value: Any, schema: dict[str, Any]) -> None:
    # The components come along, for the references into them.
    Validator({**schema, "components": DOCUMENT["components"]}).validate(value)


# The document itself


def test_it_is_valid_openapi() -> None:
    validate(DOCUMENT)


def test_every_operation_id_is_unique() -> None:
    assert len(OPERATIONS) == len(list(operations()))


def test_every_reference_leads_somewhere() -> None:
    """Also those in extensions, which the validator does not follow."""
    for part in everything_in(DOCUMENT):
        if "$ref" in part:
            resolve(part)


def test_nothing_is_described_that_no_operation_uses() -> None:
    used = {part["$ref"] for part in everything_in(DOCUMENT) if "$ref" in part}
    described = {
        f"#/components/{kind}/{name}"
        for kind, parts in DOCUMENT["components"].items()
        if kind != "securitySchemes"
        for name in parts
    }
    assert described == used


@pytest.mark.parametrize(
    "event",
    [
        {"event": "progress", "data": '{"label": "Provisioning GPU"}'},
        {"event": "progress", "data": "provisioning-gpu"},
        {"event": "progress"},
        {"event": "done", "data": '{"stage": "provisioning-gpu"}'},
        {"event": "complete", "data": '{"endpoint": {"status": "live"}}'},
        {"event": "error", "data": '{"detail": "GPU pool exhausted"}'},
    ],
)
def test_an_event_that_no_deploy_has_is_told(event: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        check(event, {"$ref": "#/components/schemas/DeployEvent"})


def test_every_object_may_grow() -> None:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        for part in everything_in(schema):
            if part.get("type") in ("object", ["object", "null"]):
                assert part.get("additionalProperties") is True, name


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_an_operation_says_what_it_needs_and_what_can_go_wrong(operation: Operation) -> None:
    names = {parameter["name"] for parameter in operation.parameters}
    responses = operation.definition["responses"]
    assert operation.definition["summary"]
    assert set(re.findall(r"\{(\w+)\}", operation.path)) <= names
    assert ("Idempotency-Key" in names) == (operation.method == "POST")
    if operation.id == "uploadBlob":
        assert operation.definition["security"] == []
        return
    assert {"401", "429", "5XX"} <= set(responses)
    assert "404" in responses or "{" not in operation.path
    for status, response in responses.items():
        assert status == "5XX" or "x-request-id" in resolve(response)["headers"]


# One real call of each operation


class World:
    """An organisation of the local platform that has one of each thing."""

    def __init__(self, call: Caller, organisation: Organisation) -> None:
        self.call = call
        self.endpoint = organisation.endpoints[0]
        self.eval_set = self._make_set("invoice-extraction", {"vendor": "Hansen Tools"})
        self.documents = self._make_set("receipt-fields", {"merchant": "Café"})
        self.run = call.run(self.eval_set, "invoice-kie-1", "gpt-5.1").json()["run_id"]

    def _make_set(self, task: str, expected: dict[str, str]) -> str:
        rows = [{"input": "Invoice 7", "expected": expected}] * 3
        return str(self.call.upload(rows, task=task).json()["eval_set"]["id"])

    def get(self, path: str) -> Answer:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None) -> Answer:
        return self.call("POST", path, body, KEY)

    def upload_url(self) -> dict[str, str]:
        body = {**PLACE, "file_size": 4}
        answer: dict[str, str] = self.post(f"/v1/eval-sets/{self.documents}/blob-upload-url", body).json()
        return answer

    def put(self, url: str, headers: dict[str, str] | None = None) -> Answer:
        parts = urlsplit(url)
        storage = Caller(f"{parts.scheme}://{parts.netloc}", None)
        assert parse_qsl(parts.query)
        return storage(
            "PUT", f"{parts.path}?{parts.query}", b"page", {"Content-Type": PLACE["mime"], **(headers or {})}
        )

    def complete(self) -> Answer:
        upload = self.upload_url()
        self.put(upload["upload_url"])
        body = {**PLACE, "storage_uri": upload["storage_uri"]}
        return self.post(f"/v1/eval-sets/{self.documents}/blob-upload-complete", body)


@pytest.fixture
def call(platform: LocalPlatform, organisation: Organisation) -> Caller:
    return Caller(platform.base_url, organisation.api_key)


@pytest.fixture
def world(call: Caller, organisation: Organisation) -> World:
    return World(call, organisation)


CALLS: dict[str, Callable[[World], Answer]] = {
    "createChatCompletion": lambda world: world.post("/v1/chat/completions", CHAT),
    "listModels": lambda world: world.get("/v1/models"),
    "listEndpoints": lambda world: world.get("/v1/endpoints"),
    "deployEndpoint": lambda world: world.post(
        "/v1/endpoints", {"task": "review-sentiment", "model": "recommended", "region": "eu"}
    ),
    "retrieveEndpoint": lambda world: world.get(f"/v1/endpoints/{world.endpoint}"),
    "deleteEndpoint": lambda world: world.call("DELETE", f"/v1/endpoints/{world.endpoint}"),
    "startEndpoint": lambda world: world.post(f"/v1/endpoints/{world.endpoint}/start"),
    "stopEndpoint": lambda world: world.post(f"/v1/endpoints/{world.endpoint}/stop"),
    "endpointPerformance": lambda world: world.get(f"/v1/endpoints/{world.endpoint}/performance?window=24h"),
    "endpointUptime": lambda world: world.get(f"/v1/endpoints/{world.endpoint}/uptime"),
    "endpointCost": lambda world: world.get(f"/v1/endpoints/{world.endpoint}/cost?since=30d&group_by=day"),
    "endpointQuality": lambda world: world.get(f"/v1/endpoints/{world.endpoint}/quality"),
    "endpointActivity": lambda world: world.get(f"/v1/endpoints/{world.endpoint}/activity"),
    "listTasks": lambda world: world.get("/v1/tasks"),
    "matchTask": lambda world: world.post("/v1/tasks/match", {"query": "read invoices", "top_k": 3}),
    "retrieveTask": lambda world: world.get("/v1/tasks/invoice-extraction?examples_n=2"),
    "retrieveLeaderboard": lambda world: world.get("/v1/tasks/resume-parsing/leaderboard"),
    "listFrontierModels": lambda world: world.get("/v1/eval/frontier-models?task=receipt-fields"),
    "listEvalSets": lambda world: world.get("/v1/eval-sets"),
    "createEvalSet": lambda world: world.call.upload([{"input": "x", "expected": {"a": 1}}], key="one-call"),
    "retrieveEvalSet": lambda world: world.get(f"/v1/eval-sets/{world.eval_set}"),
    "deleteEvalSet": lambda world: world.call("DELETE", f"/v1/eval-sets/{world.eval_set}"),
    "attachBlob": lambda world: world.call.form(
        f"/v1/eval-sets/{world.documents}/attach-blob", PLACE, {"file": (b"page", "image/png")}, KEY
    ),
    "createBlobUploadUrl": lambda world: world.post(
        f"/v1/eval-sets/{world.documents}/blob-upload-url", {**PLACE, "file_size": 4}
    ),
    "completeBlobUpload": lambda world: world.complete(),
    "uploadBlob": lambda world: world.put(world.upload_url()["upload_url"]),
    "createEvalRun": lambda world: world.post(
        "/v1/eval-runs", {"eval_set_id": world.eval_set, "candidate_model_ids": ["invoice-kie-2"]}
    ),
    "retrieveEvalRun": lambda world: world.get(f"/v1/eval-runs/{world.run}"),
    "autoMetrics": lambda world: world.get("/v1/auto/metrics"),
    "askFrontierModel": lambda world: world.post("/v1/playground/frontier", {**CHAT, "model": "gpt-5.1"}),
    "createEmbeddings": lambda world: world.post("/v1/embeddings", {"input": ["one", "two"], "input_type": "query"}),
    "rerank": lambda world: world.post("/v1/rerank", {"query": "parties", "documents": ["a", "the parties"]}),
    "generateImages": lambda world: world.post("/v1/images/generations", {"prompt": "a lighthouse", "n": 2}),
    "editImages": lambda world: world.post("/v1/images/edits", {"prompt": "a red scarf", "image": IMAGE}),
    "transcribeAudio": lambda world: world.post("/v1/audio/transcriptions", {"audio_base64": IMAGE}),
    "createSpeech": lambda world: world.post("/v1/audio/speech", {"text": "Hello there", "voice": "one"}),
    "proposeEvalContract": lambda world: propose(
        world, "read the invoices", [{"input": "x", "expected": {"total": "1"}}]
    ),
}


def propose(world: World, prompt: str, rows: list[Any]) -> Answer:
    items = b"\n".join(json.dumps(row).encode() for row in rows)
    return world.call.form(
        "/v1/eval-sets/propose-contract", {"prompt": prompt}, {"items": (items, "application/jsonl")}, KEY
    )


def test_every_operation_is_called() -> None:
    assert list(CALLS) == list(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_local_platform_answers_as_the_document_says(world: World, name: str) -> None:
    answer = CALLS[name](world)
    assert answer.status < 300, answer.body
    check_answer(OPERATIONS[name], answer)


def test_a_streamed_answer_is_as_the_document_says(world: World) -> None:
    body = {**CHAT, "stream": True, "stream_options": {"include_usage": True}}
    answer = world.post("/v1/chat/completions", body)
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    check_answer(OPERATIONS["createChatCompletion"], answer)


def test_a_failed_deploy_is_as_the_document_says() -> None:
    with LocalPlatform(deploy_seconds=0.5) as platform:
        organisation = platform.create_organisation()
        call = Caller(platform.base_url, organisation.api_key)
        connection, response = call.open("POST", "/v1/endpoints", {"task": "review-sentiment", "name": "x"}, KEY)
        response.readline()
        organisation.fail_endpoint("x")
        answer = Answer(response.status, response.headers, b"event: progress\n" + response.read())
        connection.close()
        assert answer.events()[-1][0] == "error"
        check_answer(OPERATIONS["deployEndpoint"], answer)
        check_answer(OPERATIONS["retrieveEndpoint"], call("GET", "/v1/endpoints/x"))


@pytest.mark.parametrize(
    "query", ["read invoices", "transcribe a recording", "generate a video of a cat", "qwertz", "receipt or invoice"]
)
def test_every_type_of_match_is_as_the_document_says(world: World, query: str) -> None:
    check_answer(OPERATIONS["matchTask"], world.post("/v1/tasks/match", {"query": query}))


@pytest.mark.parametrize("prompt", ["read the invoices", "sort support tickets", "invoices and receipts", "good day"])
def test_every_kind_of_proposal_is_as_the_document_says(world: World, prompt: str) -> None:
    rows = [{"input": "Invoice 7", "expected": {"total": "1.00"}}] * 2
    for mixed in (rows, [*rows, {"input": "Invoice 8", "expected": "bug"}]):
        check_answer(OPERATIONS["proposeEvalContract"], propose(world, prompt, mixed))


def test_a_classification_is_as_the_document_says(world: World) -> None:
    rows = [{"input": "It crashes.", "expected": "bug"}]
    eval_set = world.call.upload(rows, task="support-ticket-triage").json()["eval_set"]["id"]
    answer = world.get(f"/v1/eval-runs/{world.call.run(eval_set, 'auto').json()['run_id']}")
    assert "exact_match" in answer.json()["results"][0]
    check_answer(OPERATIONS["retrieveEvalRun"], answer)


def test_a_run_with_errors_is_as_the_document_says(world: World) -> None:
    run = world.call.run(world.documents, "receipt-vlm-1").json()["run_id"]
    check_answer(OPERATIONS["retrieveEvalRun"], world.get(f"/v1/eval-runs/{run}"))


def test_every_leaderboard_and_task_is_as_the_document_says(world: World) -> None:
    for task in world.get("/v1/tasks").json()["tasks"]:
        check_answer(OPERATIONS["retrieveTask"], world.get(f"/v1/tasks/{task['id']}"))
        check_answer(OPERATIONS["retrieveLeaderboard"], world.get(f"/v1/tasks/{task['id']}/leaderboard"))


REFUSALS: list[tuple[str, int, Callable[[World], Answer]]] = [
    ("createChatCompletion", 400, lambda world: world.post("/v1/chat/completions", {**CHAT, "response_format": BAD})),
    ("createChatCompletion", 402, lambda world: broke(world).post("/v1/chat/completions", CHAT)),
    ("createChatCompletion", 404, lambda world: world.post("/v1/chat/completions", {**CHAT, "model": "absent"})),
    ("createChatCompletion", 413, lambda world: world.call("POST", "/v1/chat/completions", b"", TOO_LONG)),
    ("createChatCompletion", 422, lambda world: world.post("/v1/chat/completions", {})),
    ("createChatCompletion", 503, lambda world: stopped(world).post("/v1/chat/completions", CHAT)),
    ("deployEndpoint", 400, lambda world: world.post("/v1/endpoints", {"task": "resume-parsing", "model": "gpt-5.1"})),
    (
        "deployEndpoint",
        409,
        lambda world: world.post("/v1/endpoints", {"task": "resume-parsing", "name": world.endpoint}),
    ),
    ("retrieveTask", 404, lambda world: world.get("/v1/tasks/absent")),
    ("retrieveTask", 422, lambda world: world.get("/v1/tasks/resume-parsing?examples_n=-1")),
    ("createEvalSet", 400, lambda world: world.call.upload(b"{")),
    ("createEvalSet", 422, lambda world: world.call.form("/v1/eval-sets", {"name": "rows"})),
    ("attachBlob", 413, lambda world: attach_large(world)),
    ("uploadBlob", 400, lambda world: world.put(world.upload_url()["upload_url"], {"Authorization": "Bearer x"})),
    ("uploadBlob", 403, lambda world: world.put(world.upload_url()["upload_url"] + "0")),
    ("createEvalRun", 402, lambda world: broke(world).call.run(world.eval_set, "invoice-kie-1")),
    ("createEvalRun", 404, lambda world: world.call.run(world.eval_set, "absent")),
    ("createEvalRun", 503, lambda world: stopped(world).call.run(world.eval_set, world.endpoint)),
    ("askFrontierModel", 404, lambda world: world.post("/v1/playground/frontier", CHAT)),
    ("createEmbeddings", 402, lambda world: broke(world).post("/v1/embeddings", {"input": "one"})),
    ("createEmbeddings", 422, lambda world: world.post("/v1/embeddings", {"input": []})),
    ("rerank", 402, lambda world: broke(world).post("/v1/rerank", {"query": "a", "documents": ["b"]})),
    ("generateImages", 400, lambda world: world.post("/v1/images/generations", {"prompt": "a", "size": "1x1"})),
    ("editImages", 400, lambda world: world.post("/v1/images/edits", {"prompt": "a", "image": "?"})),
    ("editImages", 422, lambda world: world.post("/v1/images/edits", {"prompt": "a"})),
    ("editImages", 422, lambda world: world.call.form("/v1/images/edits", {"prompt": "a"})),
    ("transcribeAudio", 400, lambda world: world.post("/v1/audio/transcriptions", {"audio_base64": "?"})),
    ("transcribeAudio", 413, lambda world: world.post("/v1/audio/transcriptions", {"audio_base64": TOO_MUCH})),
    ("createSpeech", 402, lambda world: broke(world).post("/v1/audio/speech", {"text": "a"})),
    ("proposeEvalContract", 400, lambda world: propose(world, "read invoices", [])),
    ("proposeEvalContract", 422, lambda world: propose(world, "", [{"input": "x"}])),
    ("proposeEvalContract", 413, lambda world: world.call("POST", "/v1/eval-sets/propose-contract", b"", TOO_LONG)),
]
TOO_MUCH = "A" * (36 << 20)
BAD = {"type": "json_schema", "json_schema": {"schema": {"$ref": "#/absent"}}}
TOO_LONG = {"Content-Length": str(65 << 20)}


def broke(world: World) -> World:
    world.get(f"/v1/eval-runs/{world.run}")
    world.call("PUT", "/_local/balance", {"balance_micro_usd": 0})
    return world


def stopped(world: World) -> World:
    world.post(f"/v1/endpoints/{world.endpoint}/stop")
    return world


def attach_large(world: World) -> Answer:
    path = f"/v1/eval-sets/{world.documents}/attach-blob"
    return world.call.form(path, PLACE, {"file": (b"x" * (5 << 20), "image/png")})


@pytest.mark.parametrize(("name", "status", "make"), REFUSALS, ids=[f"{name}-{status}" for name, status, _ in REFUSALS])
def test_a_refusal_is_as_the_document_says(
    world: World, name: str, status: int, make: Callable[[World], Answer]
) -> None:
    answer = make(world)
    assert answer.status == status
    check_answer(OPERATIONS[name], answer)


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name != "uploadBlob"])
def test_a_call_without_a_key_is_refused_as_the_document_says(platform: LocalPlatform, name: str) -> None:
    operation = OPERATIONS[name]
    path = re.sub(r"\{\w+\}", "x", operation.path)
    answer = Caller(platform.base_url, None)(operation.method, path, {} if operation.method == "POST" else None)
    assert answer.status == 401
    check_answer(operation, answer)


def check_answer(operation: Operation, answer: Answer) -> None:
    """Status, required headers and body, or the events of a stream."""
    response = operation.response(answer.status)
    for name, header in response.get("headers", {}).items():
        header = resolve(header)
        value = answer.headers[name]
        assert value is not None or not header.get("required")
        if value is not None:
            check(int(value) if header["schema"]["type"] == "integer" else value, header["schema"])
    if "content" not in response:
        assert answer.body == b"" or operation.id == "uploadBlob"
        return
    media_type = answer.headers["Content-Type"].partition(";")[0]
    described = response["content"][media_type]
    if media_type == "text/event-stream":
        events = sse_events(answer.body.decode())
        check(events, described["schema"])
        for event in events:
            check(event, described["itemSchema"])
    else:
        check(answer.json(), described["schema"])


def sse_events(body: str) -> list[dict[str, str]]:
    return [
        dict(line.split(": ", 1) for line in event.split("\n")) for event in body.removesuffix("\n\n").split("\n\n")
    ]
