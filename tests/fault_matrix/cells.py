"""The matrix as data: faults, the paths on which a call can meet them, and what each client makes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import openai

import pareta_openai
from pareta_openai.local import LocalPlatform, Organisation, faults
from pareta_openai.local.errors import NotAcceptable
from pareta_openai.local.operations import require_operation
from tests.support import collect, settle

TASK = "invoice-extraction"
# Long enough for an answer of more than fifty chunks, which the local platform makes of it.
MESSAGES: list[Any] = [{"role": "user", "content": "Invoice 2041, Hansen Tools, 54.00 EUR. " * 8}]
LARGE = bytes(5 * 1024 * 1024)

ERROR_402 = {"message": "out of credit", "type": "insufficient_credits", "code": None}
ERROR_PLAIN = {"message": "it broke", "type": "unheard_of", "code": None}

FAULTS: dict[str, faults.Fault] = {
    "400": faults.status(400),
    "401": faults.status(401),
    "402": faults.status(402),
    "403": faults.status(403),
    "404": faults.status(404),
    "409": faults.status(409),
    "422": faults.status(422, {"detail": [{"loc": ["body"], "msg": "wrong", "type": "value_error"}]}),
    "429": faults.status(429, retry_after=7),
    "429 by a clock an hour ahead": faults.status(429, retry_after=7, clock_skew=3600),
    "500": faults.status(500),
    "503": faults.status(503),
    "a proxy's page, 502": faults.html(502),
    "a proxy's page, 200": faults.html(200),
    "nothing, 200": faults.empty(200),
    "JSON cut short": faults.truncated_json(),
    "a clock an hour ahead": faults.clock_skew(3600),
    "the request read slowly": faults.slow_reading(bytes_per_second=100 << 20),
    "dropped before the answer": faults.drop(),
    "reset before the answer": faults.drop(how="rst"),
    "billed, then dropped": faults.answer_lost(),
    "dropped after 50 events": faults.drop(after_events=50),
    "dropped after 1 event": faults.drop(after_events=1),
    "reset after 1 event": faults.drop(after_events=1, how="rst"),
    "ended without its end": faults.end_without_done(after_events=1),
    "402 within the stream": faults.error_event(after_events=1, error=ERROR_402),
    "an error within the stream": faults.error_event(after_events=1, error=ERROR_PLAIN),
}


@dataclass(frozen=True)
class Path:
    """A way to meet the platform: the operation that it calls, and the call."""

    operation: str
    call: Callable[[Any, Mapping[str, str]], Any]
    streams: bool = False
    ours_alone: bool = False
    """Whether openai's client has it not."""


async def _streaming_response(client: Any, ids: Mapping[str, str]) -> Any:
    manager = client.chat.completions.with_streaming_response.create(model=ids["endpoint"], messages=MESSAGES)
    if hasattr(manager, "__aenter__"):
        async with manager as response:
            return await response.parse()
    with manager as response:
        return response.parse()


async def _stream_helper(client: Any, ids: Mapping[str, str]) -> Any:
    completions = client.chat.completions
    helper = completions.stream if hasattr(completions, "stream") else client.beta.chat.completions.stream
    manager = helper(model=ids["endpoint"], messages=MESSAGES)
    if hasattr(manager, "__aenter__"):
        async with manager as stream:
            return await collect(stream)
    with manager as stream:
        return list(stream)


async def _parse(client: Any, ids: Mapping[str, str]) -> Any:
    completions = client.chat.completions
    parse = completions.parse if hasattr(completions, "parse") else client.beta.chat.completions.parse
    return await settle(parse(model=ids["endpoint"], messages=MESSAGES))


async def _stream(client: Any, ids: Mapping[str, str]) -> Any:
    return await collect(
        await settle(client.chat.completions.create(model=ids["endpoint"], messages=MESSAGES, stream=True))
    )


async def _raw(client: Any, ids: Mapping[str, str]) -> Any:
    create = client.chat.completions.with_raw_response.create
    return (await settle(create(model=ids["endpoint"], messages=MESSAGES))).parse()


async def _pages(client: Any, _: Mapping[str, str]) -> Any:
    return await collect(client.models.list())


async def _deploy_stream(client: Any, _: Mapping[str, str]) -> Any:
    stream = await settle(client.endpoints.deploy(task=TASK))
    await collect(stream)
    return stream.endpoint


async def _run(client: Any, ids: Mapping[str, str]) -> Any:
    create = client.evals.runs.create
    return await settle(create(eval_set=ids["eval_set"], models=["invoice-kie-1"], wait=True, poll_interval=0.01))


async def _upload(client: Any, ids: Mapping[str, str], content: bytes) -> Any:
    upload = client.evals.sets.upload_document
    return await settle(upload(ids["document_set"], content, idx=0, field_name="document"))


PATHS: dict[str, Path] = {
    "chat": Path(
        "createChatCompletion",
        lambda c, ids: settle(c.chat.completions.create(model=ids["endpoint"], messages=MESSAGES)),
    ),
    "raw response": Path("createChatCompletion", _raw),
    "streaming response": Path("createChatCompletion", _streaming_response),
    ".parse()": Path("createChatCompletion", _parse),
    "chat stream": Path("createChatCompletion", _stream, streams=True),
    ".stream()": Path("createChatCompletion", _stream_helper, streams=True),
    "models.list": Path("listModels", _pages),
    "endpoints.list": Path("listEndpoints", lambda c, _: settle(c.endpoints.list()), ours_alone=True),
    "deploy stream": Path("deployEndpoint", _deploy_stream, streams=True, ours_alone=True),
    "deploy, wait=True": Path(
        "deployEndpoint",
        lambda c, _: settle(c.endpoints.deploy(task=TASK, wait=True)),
        streams=True,
        ours_alone=True,
    ),
    "evals.sets.create": Path(
        "createEvalSet",
        lambda c, _: settle(c.evals.sets.create(task=TASK, items=[{"input": "a", "expected": "b"}])),
        ours_alone=True,
    ),
    "runs.create, wait=True": Path("retrieveEvalRun", _run, ours_alone=True),
    "upload, inline": Path("attachBlob", lambda c, ids: _upload(c, ids, b"%PDF"), ours_alone=True),
    "upload, signed URL": Path("uploadBlob", lambda c, ids: _upload(c, ids, LARGE), ours_alone=True),
}


def applies(fault: faults.Fault, path: Path) -> bool:
    """Whether a call on this path can meet the fault at all."""
    operation = require_operation(path.operation)
    try:
        fault.require_fit(operation)
    except NotAcceptable:
        return False
    return fault.fits(operation, streams=path.streams)


CELLS = [(fault, path) for path in PATHS for fault in FAULTS if applies(FAULTS[fault], PATHS[path])]


async def prepare(client: Any, organisation: Organisation) -> dict[str, str]:
    """What the paths need to be there."""
    (endpoint,) = organisation.endpoints
    tasks = await settle(client.tasks.list())
    task = next(task for task in tasks if task.has_blob_input)
    rows = [{"input": {"document": None}, "expected": task.examples[0]["expected"]}]
    return {
        "endpoint": endpoint,
        "eval_set": (await settle(client.evals.sets.create(task=TASK, items=[{"input": "a", "expected": "b"}]))).id,
        "document_set": (await settle(client.evals.sets.create(task=task.id, items=rows))).id,
    }


async def outcome(client: Any, ids: Mapping[str, str], organisation: Organisation, fault: str, path: str) -> str:
    """What a call on this path gives when it meets the fault: ``a value``, or the exception's name."""
    organisation.clear_faults()
    organisation.add_fault(FAULTS[fault], on=PATHS[path].operation)
    try:
        value = await PATHS[path].call(client, ids)
    except Exception as error:
        kind = type(error)
        module = kind.__module__.partition(".")[0]
        return kind.__name__ if isinstance(error, pareta_openai.ParetaError) else f"{module}.{kind.__name__}"
    finally:
        left = organisation.faults
        organisation.clear_faults()
    if left:
        raise AssertionError(f"{path} did not meet {fault}")
    return "a bare str" if isinstance(value, str) else "a value"


def outcomes_of_bare_openai() -> dict[tuple[str, str], str]:
    """The same cells through openai's own clients; where sync and async differ, both."""

    async def run() -> dict[tuple[str, str], str]:
        found: dict[tuple[str, str], list[str]] = {}
        with LocalPlatform() as platform:
            organisation = platform.create_organisation(balance_micro_usd=10**9, endpoints=(TASK,))
            arguments: dict[str, Any] = {"api_key": organisation.api_key, "max_retries": 0}
            with pareta_openai.OpenAI(base_url=platform.base_url, **arguments) as ours:
                ids = await prepare(ours, organisation)
            sync = openai.OpenAI(base_url=f"{platform.base_url}/v1", **arguments)
            async_client = openai.AsyncOpenAI(base_url=f"{platform.base_url}/v1", **arguments)
            for fault, path in CELLS:
                if not PATHS[path].ours_alone:
                    for client in (sync, async_client):
                        seen = await outcome(client, ids, organisation, fault, path)
                        if seen not in found.setdefault((fault, path), []):
                            found[fault, path].append(seen)
            sync.close()
            await async_client.close()
        return {cell: " or ".join(seen) for cell, seen in found.items()}

    return asyncio.run(run())
