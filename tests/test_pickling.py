"""What goes to another process and comes back: exceptions whole, clients without key and connections, models."""

from __future__ import annotations

import base64
import copy
import gzip
import io
import json
import multiprocessing
import os
import pickle
import socket
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import cloudpickle
import openai
import pytest
from pydantic import BaseModel

import pareta_openai
from pareta_openai import ParetaError, _openai, errors, types
from pareta_openai.local import LocalPlatform, Organisation
from tests.support import COMPLETION, MESSAGES, Answer, ScriptedServer, collect, json_answer, settle
from tests.workers import calls
from tests.workers.calls import shows

pytestmark = pytest.mark.anyio

# For clients that are left to the garbage collector: their connections end with the answer.
CLOSING = {"connection": "close"}
HELLO = json_answer(COMPLETION, **CLOSING)

KEY = "pareta_sk_Qw7xKz9vJm3pLt5r"
OTHER_KEY = "pareta_sk_Hc2nBd8gYf4sTj6m"


def by_pickle(protocol: int) -> Callable[[Any], Any]:
    return lambda value: pickle.loads(pickle.dumps(value, protocol))


PICKLES = {
    **{f"pickle {protocol}": by_pickle(protocol) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)},
    "cloudpickle": lambda value: pickle.loads(cloudpickle.dumps(value)),
}
WAYS = {**PICKLES, "copy": copy.copy, "deepcopy": copy.deepcopy}


def test_a_key_that_is_there_is_found() -> None:
    assert shows(pickle.dumps(KEY), KEY)
    assert shows(b"..." + KEY[-5:].encode(), KEY)
    assert all(shows(base64.b64encode(b"u" * offset + b":" + KEY.encode()), KEY) for offset in range(3))
    assert not shows(pickle.dumps([KEY[-4:], OTHER_KEY, base64.b64encode(OTHER_KEY.encode())]), KEY)


# Exceptions.

Raise = Callable[[Any, ScriptedServer], Awaitable[Any]]


async def chat(client: Any, **arguments: Any) -> Any:
    return await settle(client.chat.completions.create(model="ep_one", messages=MESSAGES, **arguments))


def on(answer: Answer, **arguments: Any) -> Raise:
    """A chat completion that is answered so."""

    async def call(client: Any, script: ScriptedServer) -> Any:
        script.answer(answer)
        answered = await chat(client, **arguments)
        return await collect(answered) if arguments.get("stream") else answered

    return call


def on_status(status: int, detail: Any = "what the platform says — 0,00 €", **headers: str) -> Raise:
    return on(json_answer({"detail": detail}, status, **{"x-request-id": f"req_{status}", **headers}))


def on_events(*events: str) -> Raise:
    data = "".join(f"data: {event}\n\n" for event in events).encode()
    return on(Answer(200, data, {"content-type": "text/event-stream"}), stream=True)


async def no_key(client: Any, _: ScriptedServer) -> Any:
    return type(client)()


async def unsupported(client: Any, _: ScriptedServer) -> Any:
    return await settle(client.evals.list())


async def unknown_model(client: Any, script: ScriptedServer) -> Any:
    script.answer(json_answer({"detail": "unknown"}, 404), json_answer({"object": "list", "data": [{"id": "ep_one"}]}))
    return await settle(client.chat.completions.create(model="gpt-4o", messages=MESSAGES))


async def silence(client: Any, _: ScriptedServer) -> Any:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        return await chat(client.with_options(base_url=url, timeout=0.05))


async def failing_deploy(client: Any, script: ScriptedServer) -> Any:
    events = b'event: progress\ndata: {"stage": "pulling weights"}\n\nevent: error\ndata: {"message": "no GPU"}\n\n'
    script.answer(Answer(200, events, {"content-type": "text/event-stream"}))
    return await settle(client.endpoints.deploy(task="t", wait=True))


async def refused_upload(client: Any, script: ScriptedServer) -> Any:
    script.answer(json_answer({"upload_url": script.base_url, "storage_uri": "s"}), Answer(403))
    document = io.BytesIO(bytes(6_000_000))
    return await settle(client.evals.sets.upload_document("es_1", document, idx=0, field_name="f"))


async def long_run(client: Any, script: ScriptedServer) -> Any:
    script.answer(json_answer({"run": {"id": "run_1", "status": "running"}, "results": []}))
    return await settle(client.evals.runs.wait("run_1", timeout=0))


CHUNK = '{"id": "c", "model": "ep", "choices": [{"index": 0, "delta": {"content": "Invo"}, "finish_reason": null}]}'
FINDING = {"loc": ["body", "messages", 0], "msg": "Field required", "type": "missing"}

# By the name of the class.
RAISED: dict[str, Raise] = {
    "ParetaError": no_key,
    "APIError": on_events(CHUNK, '{"error": {"message": "broken"}}'),
    "APIConnectionError": on(Answer(200, b'{"id": ', promised_length=1000)),
    "APITimeoutError": silence,
    "IncompleteStreamError": on_events(CHUNK),
    "APIResponseValidationError": on(Answer(200, b"<html>Welcome</html>", {"content-type": "text/html"})),
    "DeploymentFailedError": failing_deploy,
    "UnknownModelError": unknown_model,
    "UnsupportedOnParetaError": unsupported,
    "UploadFailedError": refused_upload,
    "WaitTimeoutError": long_run,
    "APIStatusError": on_status(418),
    "BadRequestError": on_status(400),
    "UnprocessableEntityError": on_status(422, [FINDING]),
    "AuthenticationError": on_status(401),
    "InsufficientCreditsError": on_status(402),
    "PermissionDeniedError": on_status(403),
    "NotFoundError": on_status(404),
    "ConflictError": on_status(409),
    "RateLimitError": on_status(429, **{"retry-after": "7"}),
    "InternalServerError": on_status(500),
    "EndpointNotReadyError": on_status(503),
}
PECULIAR: dict[str, Raise] = {
    "opening a stream": on(json_answer({"detail": "empty"}, 402), stream=True),
    "told within a stream": on_events('{"error": {"message": "slow down", "type": "rate_limit_error", "code": 429}}'),
    "an OpenAI-shaped body": on(json_answer({"error": {"message": "m", "type": "t", "code": "c", "param": "p"}}, 400)),
    "a compressed body": on(
        Answer(
            502, gzip.compress(b"upstream timed out " * 99), {"content-encoding": "gzip", "content-type": "text/plain"}
        )
    ),
    "a body in another charset": on(
        Answer(502, "né".encode("latin-1"), {"content-type": "text/plain; charset=latin-1"})
    ),
    "a body that is no text": on(Answer(500, bytes(range(256)), {"content-type": "application/octet-stream"})),
    "a header outside ASCII": on(json_answer({"detail": "d"}, 500, **{"x-served-by": "Zürich"})),
    "a header twice": on(json_answer({"detail": "d"}, 500, **{"x-trace": "a", "X-Trace": "b"})),
}


async def raised_by(call: Raise, client: Any, script: ScriptedServer) -> Any:
    with pytest.raises(ParetaError) as caught:
        await call(client, script)
    return caught.value


@pytest.fixture
def scripted(build: Callable[..., Any], script: ScriptedServer) -> Any:
    return build(api_key=KEY, base_url=script.base_url)


def facts(error: BaseException) -> dict[str, Any]:
    """All that a handler can read of an error."""
    # Some of what a TimeoutError names it has not.
    names = [name for name in dir(error) if not name.startswith("_") and hasattr(error, name)]
    return {
        "class": type(error),
        "text": str(error),
        "repr": repr(error),
        "notes": getattr(error, "__notes__", []),
        **{name: comparable(value) for name in names if not callable(value := getattr(error, name))},
    }


def comparable(value: Any) -> Any:
    """Of a request or response what is to arrive; any other value as it is."""
    kind = type(value).__name__
    if type(value).__module__ not in ("httpx", "httpx2") or kind not in ("Request", "Response"):
        return value
    # No secrets, and of a body that is decoded not how it was encoded.
    left_out = {"authorization", "content-encoding"}
    headers = sorted((name, text) for name, text in value.headers.multi_items() if name not in left_out)
    try:
        content = value.content
    except RuntimeError:  # it was streamed, and never read
        content = b""
    common = {"kind": type(value), "headers": headers, "content": content}
    if kind == "Request":
        return {**common, "method": value.method, "url": value.url}
    more = {"text": value.text, "request": comparable(value.request)} if content else {}
    return {**common, **more, "status_code": value.status_code, "url": value.url}


def test_every_exception_has_a_row() -> None:
    classes = {
        name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, ParetaError)
    }
    assert RAISED.keys() == classes


@pytest.mark.parametrize("name", [*RAISED, *PECULIAR])
async def test_an_exception_goes_whole_through_pickle_and_copy(
    scripted: Any, script: ScriptedServer, name: str
) -> None:
    error = await raised_by({**RAISED, **PECULIAR}[name], scripted, script)
    if name in RAISED:
        assert type(error) is getattr(errors, name)
    before = facts(error)
    for way, send in WAYS.items():
        arrived = send(error)
        assert facts(arrived) == before, way
        assert arrived is not error
        assert arrived.args == error.args
        # And once more, as from a worker of a worker.
        assert facts(send(arrived)) == before, way


async def test_no_pickle_of_an_exception_has_the_key(scripted: Any, script: ScriptedServer) -> None:
    for name, call in {**RAISED, **PECULIAR}.items():
        error = await raised_by(call, scripted, script)
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            assert not shows(pickle.dumps(error, protocol), KEY), name
        assert not shows(cloudpickle.dumps(error), KEY), name
        # The error at hand still has its request as it was sent.
        if hasattr(error, "request") and name != "UnsupportedOnParetaError":  # for which none is sent
            assert error.request.headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("header", ["Authorization", "Cookie", "Proxy-Authorization", "X-Api-Key"])
async def test_no_pickle_of_an_exception_has_the_key_from_another_header(
    scripted: Any, script: ScriptedServer, header: str
) -> None:
    script.answer(json_answer({"detail": "d"}, 402))
    with pytest.raises(ParetaError) as caught:
        await chat(scripted.with_options(default_headers={header: f"key {KEY}"}))
    assert KEY in caught.value.request.headers[header]
    assert not shows(pickle.dumps(caught.value), KEY)


async def test_an_exception_arrives_where_openai_has_the_other_transport(
    scripted: Any, script: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = await raised_by(RAISED["InsufficientCreditsError"], scripted, script)
    pickled, before = pickle.dumps(error), facts(error)

    def import_module(name: str) -> Any:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(_openai, "import_module", import_module)
    assert facts(pickle.loads(pickled)) == before


async def test_what_was_added_to_an_exception_arrives_too(scripted: Any, script: ScriptedServer) -> None:
    class Mine(pareta_openai.InsufficientCreditsError):
        def __init__(self, plan: str, like: pareta_openai.APIStatusError) -> None:
            super().__init__(str(like), response=like.response, body=like.body)
            self.plan = plan

    error = await raised_by(RAISED["InsufficientCreditsError"], scripted, script)
    mine = Mine("free", error)
    mine.attempt = {"number": 3}  # type: ignore[attr-defined]
    if hasattr(mine, "add_note"):
        mine.add_note("while reading invoices")
    for send in (WAYS["cloudpickle"], copy.copy, copy.deepcopy):
        assert facts(send(mine)) == facts(mine)


async def test_an_exception_that_arrived_can_be_raised_and_caught_as_openais(
    scripted: Any, script: ScriptedServer
) -> None:
    arrived = by_pickle(4)(await raised_by(RAISED["RateLimitError"], scripted, script))
    with pytest.raises(openai.RateLimitError) as caught:
        raise arrived from OSError("here")
    assert caught.value.retry_after == 7


# Clients.


def everything() -> dict[str, Any]:
    return {
        "base_url": "http://localhost:1/some/where",
        "timeout": openai.Timeout(30, connect=2),
        "max_retries": 7,
        "organization": "org",
        "project": "proj",
        "websocket_base_url": "ws://localhost:2",
        "default_headers": {"X-Mine": "1"},
        "default_query": {"q": "1"},
        "model_aliases": {"gpt-4o": "ep_one"},
        "on_not_ready": "start",
        "not_ready_timeout": 12.5,
    }


def settings(client: Any) -> dict[str, Any]:
    names = ("base_url", "timeout", "max_retries", "organization", "project", "websocket_base_url", "model_aliases")
    sent = {name: value for name, value in client.default_headers.items() if isinstance(value, str)}
    return {
        "class": type(client),
        **{name: getattr(client, name) for name in names},
        "headers": {name: value for name, value in sent.items() if name.lower() != "authorization"},
        "query": dict(client.default_query),
        "repr": repr(client).replace(client.api_key[-4:], "…"),
    }


MADE = {
    "by the constructor": lambda build: build(api_key=KEY, **everything()),
    "bare": lambda build: build(api_key=KEY),
    "by with_options": lambda build: build(api_key=KEY).with_options(**everything()),
    "by with_options twice": lambda build: (
        build(api_key=KEY, **everything()).with_options(timeout=3).copy(model_aliases={"a": "b"}, max_retries=0)
    ),
    "without a timeout": lambda build: build(api_key=KEY, timeout=None),
    "without model aliases": lambda build: build(api_key=KEY, model_aliases={}),
}


@pytest.mark.parametrize("made", MADE)
async def test_a_client_arrives_as_it_was_with_the_key_of_where_it_arrives(
    build: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, made: str
) -> None:
    client = MADE[made](build)
    before = settings(client)
    monkeypatch.setenv("PARETA_API_KEY", OTHER_KEY)
    monkeypatch.setenv("PARETA_BASE_URL", "http://elsewhere")
    monkeypatch.setenv("PARETA_MODEL_ALIASES", "of=elsewhere")
    for name in ("ORG_ID", "PROJECT_ID", "BASE_URL", "WEBHOOK_SECRET"):
        monkeypatch.setenv(f"OPENAI_{name}", "canary")
    for way, send in WAYS.items():
        arrived = send(client)
        assert arrived is not client
        assert arrived.api_key == (OTHER_KEY if way in PICKLES else KEY), way
        assert settings(arrived) == before, way


@pytest.mark.parametrize("key", [None, "", "sk-openai"])
async def test_a_client_that_arrives_where_there_is_no_key_says_so_when_it_is_called(
    scripted: Any, script: ScriptedServer, monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    if key is not None:
        monkeypatch.setenv("PARETA_API_KEY", key)
    script.answer(HELLO)
    # Not while it arrives: there it would take a worker of a pool down, or the scheduler that passes it on.
    arrived = by_pickle(4)(scripted)
    passed_on = pickle.dumps(arrived)
    telling = by_pickle(4)(arrived.with_options(pickle_api_key=True))
    for client in (arrived, arrived.with_options(timeout=3), copy.copy(arrived), pickle.loads(passed_on), telling):
        for call in (client.models.list, client.endpoints.list, client.with_raw_response.models.list):
            with pytest.raises(ParetaError, match="PARETA_API_KEY"):
                await settle(call())
        for arguments in ({}, {"stream": True}):
            with pytest.raises(ParetaError, match="PARETA_API_KEY"):
                await chat(client, **arguments)
    assert script.received == []
    monkeypatch.setenv("PARETA_API_KEY", OTHER_KEY)
    await chat(pickle.loads(passed_on))
    assert f"Bearer {OTHER_KEY}".encode() in script.received[0].raw


@pytest.mark.parametrize("how", ["with_options", "assignment"])
async def test_a_client_that_arrived_without_a_key_can_be_given_one(
    scripted: Any, script: ScriptedServer, how: str
) -> None:
    client = by_pickle(4)(scripted)
    if how == "with_options":
        client = client.with_options(api_key=OTHER_KEY)
    else:
        client.api_key = OTHER_KEY
    script.answer(HELLO)
    await chat(client)
    assert f"Bearer {OTHER_KEY}".encode() in script.received[0].raw


async def test_a_client_takes_its_key_along_where_it_was_told_to(
    build: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARETA_API_KEY", OTHER_KEY)
    client = build(api_key=KEY).with_options(pickle_api_key=True).with_options(timeout=5)
    for way, send in WAYS.items():
        assert send(client).api_key == KEY, way
    assert by_pickle(4)(copy.copy(by_pickle(4)(client))).api_key == KEY
    assert by_pickle(4)(client.with_options(pickle_api_key=False)).api_key == OTHER_KEY


async def test_a_client_whose_key_comes_from_a_callable_is_copied_with_it_and_pickled_without(
    build: Callable[..., Any], script: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def give() -> str:
        return KEY

    if not _openai.TAKES_KEY_PROVIDERS:  # as in openai 1.66
        with pytest.raises(ParetaError, match="must be a string"):
            build(api_key=lambda: KEY)
        return
    is_async = isinstance(build(api_key=KEY), openai.AsyncOpenAI)
    monkeypatch.setenv("PARETA_API_KEY", OTHER_KEY)
    script.answer(HELLO)
    for own in ({}, {"pickle_api_key": True}):
        client = build(api_key=give if is_async else lambda: KEY, base_url=script.base_url, **own)
        for send, key in ((copy.copy, KEY), (copy.deepcopy, KEY), (by_pickle(4), OTHER_KEY)):
            await chat(send(client))
            assert f"Bearer {key}".encode() in script.received[-1].raw


@pytest.mark.parametrize("made", MADE)
async def test_no_pickle_of_a_client_has_the_key(build: Callable[..., Any], made: str) -> None:
    client = MADE[made](build)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        assert not shows(pickle.dumps(client, protocol), KEY)
    assert not shows(cloudpickle.dumps(client), KEY)
    assert shows(pickle.dumps(client.with_options(pickle_api_key=True)), KEY)


@pytest.mark.parametrize("header", ["Authorization", "authorization", "Cookie", "Proxy-Authorization", "X-Api-Key"])
async def test_no_pickle_of_a_client_has_the_key_from_a_header(build: Callable[..., Any], header: str) -> None:
    client = build(api_key=KEY, default_headers={header: f"key {KEY}", "X-Mine": "1"})
    data = pickle.dumps(client)
    assert not shows(data, KEY)
    assert b"X-Mine" in data


async def test_no_pickle_of_a_client_has_a_webhook_secret(
    build: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # openai 1.66 has no webhooks.
    has_webhooks = "webhook_secret" in (_openai.keyword_arguments(openai.OpenAI.__init__) or ())
    given = {"webhook_secret": "whsec_canary"} if has_webhooks else {}
    assert b"canary" not in pickle.dumps(build(api_key=KEY, **given))
    # Nobody gave this one to the client: openai takes it from the environment.
    monkeypatch.setenv("OPENAI_WEBHOOK_SECRET", "whsec_canary")
    assert b"canary" not in pickle.dumps(build(api_key=KEY))


class Names(pickle.Unpickler):
    """Collects the names of what a pickle is made of."""

    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data))
        self.names: set[str] = set()

    def find_class(self, module: str, name: str) -> Any:
        self.names.add(name)
        return super().find_class(module, name)


async def test_a_pickle_of_a_client_in_use_has_no_connection(
    scripted: Any, script: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await chat(scripted)
    data = pickle.dumps(scripted)
    assert len(data) < 2_000
    unpickler = Names(data)
    monkeypatch.setenv("PARETA_API_KEY", OTHER_KEY)
    arrived = unpickler.load()
    assert unpickler.names == {"_wake_up", type(scripted).__name__, "Timeout"}
    await settle(scripted.close())
    await chat(arrived)
    assert f"Bearer {OTHER_KEY}".encode() in script.received[-1].raw
    await settle(arrived.close())


async def test_a_method_of_a_client_can_be_sent(
    scripted: Any, script: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARETA_API_KEY", OTHER_KEY)
    script.answer(HELLO)
    for send in PICKLES.values():
        completion = await settle(send(scripted.chat.completions.create)(model="ep", messages=MESSAGES))
        assert completion.choices[0].message.content == "Hello"
    script.answer(json_answer([], **CLOSING))
    assert await settle(by_pickle(4)(scripted.endpoints.list)()) == []
    assert not shows(pickle.dumps(scripted.endpoints), KEY)


# Models.

ROWS = [{"input": f"Invoice {n}, {n}.00 EUR", "expected": {"total": f"{n}.00"}} for n in range(1, 4)]


async def answers(client: Any, endpoint: str) -> dict[str, Any]:
    """What the calls of a client give, on the local platform."""
    completions, evals = client.chat.completions, client.evals
    completion = await settle(completions.create(model=endpoint, messages=MESSAGES))
    stream = await settle(completions.create(model=endpoint, messages=MESSAGES, stream=True))
    deploy = await settle(client.endpoints.deploy(task="contract-key-fields", name="ep_deployed"))
    eval_set = await settle(evals.sets.create(task="invoice-extraction", items=ROWS))
    run = evals.runs.create(
        eval_set=eval_set.id, models=["invoice-kie-1"], frontier="benchmarked", wait=True, poll_interval=0.01
    )
    metrics = client.endpoints.metrics(endpoint)
    dimensions = ("performance", "uptime", "cost", "quality", "activity")
    return {
        "completion": completion,
        "chunks": await collect(stream),
        "models": [*(await settle(client.models.list())).data],
        "deploy events": await collect(deploy),
        "endpoints": await settle(client.endpoints.list()),
        "endpoint": await settle(client.endpoints.retrieve(endpoint)),
        **{f"metric {name}": await settle(getattr(metrics, name)()) for name in dimensions},
        "task": await settle(client.tasks.retrieve("invoice-extraction", examples_n=2)),
        "task match": await settle(client.tasks.match("find the parties in a contract", top_k=3)),
        "capability match": await settle(client.tasks.match("write python code for me")),
        "leaderboard": await settle(client.tasks.leaderboard("contract-key-fields")),
        "eval set": eval_set,
        "document": await settle(
            evals.sets.upload_document(
                eval_set.id, io.BytesIO(b"%PDF-1.4"), idx=0, field_name="f", mime="application/pdf"
            )
        ),
        "eval run": await settle(run),
        "frontier models": await settle(evals.frontier_models()),
    }


def shown(model: Any) -> dict[str, Any]:
    """All that can be read of a model."""
    names = [name for name in dir(type(model)) if not name.startswith(("_", "model_"))]
    receipt = ("billed_micro_usd", "frontier_would_have_cost_micro_usd", "savings_factor", "_request_id")
    return {
        "class": type(model),
        "repr": repr(model),
        "dict": model.to_dict(),
        "json": model.to_json(),
        "set": model.model_fields_set,
        **{name: getattr(model, name) for name in names if isinstance(getattr(type(model), name), property)},
        **{name: getattr(model, name, None) for name in receipt},
    }


def classes_in(value: Any) -> set[type]:
    if isinstance(value, (list, tuple)):
        return set().union(*map(classes_in, value))
    if isinstance(value, BaseModel):
        parts = [getattr(value, name) for name in type(value).model_fields]
        parts += [getattr(value, "endpoint", None)] if isinstance(value, pareta_openai.DeployEvent) else []
        return {type(value)}.union(*map(classes_in, parts))
    return set()


async def test_every_model_goes_whole_through_pickle_and_copy(client: Any, endpoint: str) -> None:
    found = await answers(client, endpoint)
    exported = {getattr(pareta_openai, name) for name in pareta_openai.__all__}
    wanted = {value for value in exported if isinstance(value, type) and issubclass(value, BaseModel)}
    assert wanted | {getattr(types, name) for name in types.__all__} <= classes_in(list(found.values())) | {
        types.EndpointMetrics  # what the five metrics have in common
    }
    for name, value in found.items():
        for way, send in WAYS.items():
            arrived = send(value)
            assert arrived == value, (name, way)
            for one, other in zip(
                *((each if isinstance(each, list) else [each]) for each in (value, arrived)), strict=True
            ):
                assert shown(other) == shown(one), (name, way)
    assert by_pickle(4)(found["completion"]).billed_micro_usd == found["completion"].billed_micro_usd > 0
    assert not any(shows(pickle.dumps(value), client.api_key, run=12) for value in found.values())


async def test_a_page_of_models_goes_through_pickle_and_copy(
    client: Any, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await settle(client.models.list())
    monkeypatch.setenv("PARETA_API_KEY", client.api_key)
    for way, send in WAYS.items():
        arrived = send(page)
        assert type(arrived) is type(page), way
        assert len(arrived) == 1
        assert [model.id for model in arrived.data] == [endpoint]
    assert not shows(pickle.dumps(page), client.api_key, run=12)


class Invoice(BaseModel):
    total: float


async def test_a_parsed_completion_goes_through_cloudpickle_and_copy(scripted: Any, script: ScriptedServer) -> None:
    message = {"role": "assistant", "content": '{"total": 54.0}'}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    script.answer(json_answer({**COMPLETION, "choices": [choice]}, **{"x-pareta-billed": "480"}))
    home = scripted.chat if hasattr(scripted.chat.completions, "parse") else scripted.beta.chat
    parsed = await settle(home.completions.parse(model="ep", messages=MESSAGES, response_format=Invoice))
    # Pickle itself does not find openai's class, which is made anew for each type of answer.
    for way in ("cloudpickle", "copy", "deepcopy"):
        arrived = WAYS[way](parsed)
        assert arrived == parsed, way
        assert arrived.choices[0].message.parsed == Invoice(total=54.0)
        assert arrived.billed_micro_usd == 480


def test_rows_from_openais_files_go_through_pickle_and_copy(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps({"input": "a", "ideal": "b"}) + "\nno JSON\n", encoding="utf-8")
    rows = pareta_openai.evals_from_openai(file)
    assert rows.skipped
    for send in WAYS.values():
        assert send(rows) == rows
        assert send(rows.skipped[0]) == rows.skipped[0]


# Other processes, started anew ("spawn"), as they are everywhere but on Linux, and there too from Python 3.14 on.

CLIENTS = ["OpenAI", "AsyncOpenAI"]
SECONDS = 60  # enough for a slow machine; a pool that hangs is to fail here and not later


@pytest.fixture(scope="module")
def employer(platform: LocalPlatform) -> Organisation:
    """Whose key the worker processes have."""
    return platform.create_organisation(endpoints=("invoice-extraction",))


@pytest.fixture(scope="module")
def executor(platform: LocalPlatform, employer: Organisation) -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn")) as pool:
        with calls.environment(platform.base_url, employer.api_key):
            pool.submit(os.getpid).result(SECONDS)
        yield pool


@pytest.fixture(scope="module")
def pool(platform: LocalPlatform, employer: Organisation) -> Iterator[Any]:
    with (
        calls.environment(platform.base_url, employer.api_key),
        multiprocessing.get_context("spawn").Pool(1) as pool,
    ):
        yield pool


@pytest.fixture(params=["ProcessPoolExecutor", "multiprocessing.Pool"])
def run(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Calls a function in a worker process, for its result."""
    if request.param == "ProcessPoolExecutor":
        executor = request.getfixturevalue("executor")
        return lambda function, *arguments, **named: executor.submit(function, *arguments, **named).result(SECONDS)
    pool = request.getfixturevalue("pool")
    return lambda function, *arguments, **named: pool.apply_async(function, arguments, named).get(SECONDS)


@pytest.mark.parametrize("client_name", CLIENTS)
def test_a_worker_without_credit_raises_in_the_parent_and_works_on(
    run: Callable[..., Any], platform: LocalPlatform, employer: Organisation, client_name: str
) -> None:
    pid = run(os.getpid)
    employer.set_balance(0)
    for _ in range(3):
        with pytest.raises(pareta_openai.InsufficientCreditsError) as caught:
            run(calls.ask, client_name, employer.endpoints[0])
        assert type(caught.value) is pareta_openai.InsufficientCreditsError
        calls.check_out_of_credit(caught.value, platform.base_url)
        assert not shows(pickle.dumps(caught.value), employer.api_key, run=12)
    employer.set_balance(1_000_000)
    answer = run(calls.ask, client_name, employer.endpoints[0])
    assert answer["pid"] == pid
    calls.check_answer(answer)


@pytest.mark.parametrize("client_name", CLIENTS)
def test_a_client_that_is_sent_to_a_worker_works_there(
    run: Callable[..., Any], platform: LocalPlatform, employer: Organisation, client_name: str
) -> None:
    employer.set_balance(1_000_000)
    made = getattr(pareta_openai, client_name)(api_key=KEY, base_url=platform.base_url, model_aliases={"gpt-4o": "ep"})
    client = made.with_options(timeout=17, max_retries=7, model_aliases={"gpt-4o": employer.endpoints[0]})
    answer = run(calls.ask_with, client, "gpt-4o")
    calls.check_answer(answer, client)
    assert answer["completion"].model == employer.endpoints[0]


def test_a_clients_method_is_called_in_a_worker(
    run: Callable[..., Any], platform: LocalPlatform, employer: Organisation
) -> None:
    employer.set_balance(1_000_000)
    with pareta_openai.OpenAI(api_key=KEY, base_url=platform.base_url) as client:
        completion = run(client.chat.completions.create, model=employer.endpoints[0], messages=MESSAGES)
    assert completion.billed_micro_usd > 0
    assert completion.to_dict()["object"] == "chat.completion"


def test_a_client_that_is_sent_to_a_worker_without_a_key_raises_in_the_parent(platform: LocalPlatform) -> None:
    client = pareta_openai.OpenAI(api_key=KEY, base_url=platform.base_url)
    with ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn")) as pool:
        with pytest.raises(ParetaError, match="PARETA_API_KEY"):
            pool.submit(calls.ask_with, client, "ep").result(SECONDS)
        assert pool.submit(abs, -1).result(SECONDS) == 1
