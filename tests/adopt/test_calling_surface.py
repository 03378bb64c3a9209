"""Every method of every resource, on a wrapped client and on the bare one: what it takes, sends and gives."""

from __future__ import annotations

import inspect
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import openai
import pytest

from pareta_openai import wrap
from tests.support import Received, ScriptedServer, json_answer, settle
from tests.test_ambient_settings import junk, methods, namespaces

pytestmark = pytest.mark.anyio

KEY = "pareta_sk_surface_0123456789"
# Another word on each request, or Pareta's own.
NOT_COMPARED = ("idempotency-key", "user-agent", "content-length", "accept-encoding", "x-stainless-read-timeout")

# Recordings are JSON there, both ways: tests/test_unsupported.py.
AS_PARETA_TAKES_IT = {"audio.transcriptions.create", "audio.speech.create"}

# Over an answer that is none; openai's own raises whatever comes of it, and ours says so.
STUMBLED = "stumbled"


@pytest.fixture(params=[openai.OpenAI, openai.AsyncOpenAI, openai.AzureOpenAI, openai.AsyncAzureOpenAI])
async def pair(
    request: pytest.FixtureRequest, script: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Any, Any]]:
    """A bare client, and a wrapped one of the same kind; of Azure's, openai's own stands for what Pareta takes."""
    monkeypatch.setenv("PARETA_BASE_URL", script.base_url)
    script.answer(json_answer({}))
    arguments = {"api_key": KEY, "base_url": f"{script.base_url}/v1", "max_retries": 0}
    if issubclass(request.param, (openai.AzureOpenAI, openai.AsyncAzureOpenAI)):
        plain = openai.AsyncOpenAI if issubclass(request.param, openai.AsyncOpenAI) else openai.OpenAI
        bare, other = plain(**arguments), request.param(**arguments, api_version="2024-06-01")
    else:
        bare, other = request.param(**arguments), request.param(**arguments)
    yield bare, wrap(other, allow_unsupported=True)
    for client in (bare, other):
        await settle(client.close())


def calls(client: Any) -> dict[str, Callable[..., Any]]:
    """All but those of `evals`, where Pareta's own are."""
    return {
        f"{path}{name}": method
        for path, namespace in namespaces(client)
        if not path.startswith(("evals.", "endpoints.", "tasks."))
        for name, method in methods(namespace)
    }


def parts(received: Received) -> Any:
    """What is to be the same on both."""
    headers = {name.lower(): value for name, value in received.headers.items()}
    boundary = headers.get("content-type", "").partition("boundary=")[2]
    if boundary:
        headers["content-type"] = "multipart/form-data"
    body: Any = received.body.replace(boundary.encode(), b"") if boundary else received.body
    if body and headers.get("content-type") == "application/json":
        body = json.loads(body)
    kept = {name: value for name, value in headers.items() if name not in NOT_COMPARED}
    return received.method, received.path, kept, body


def openais_name(kind: type) -> str:
    """Of the class itself, or of the one of openai's that ours is made from."""
    return next(base.__name__ for base in kind.__mro__ if not base.__module__.startswith("pareta_openai"))


def gist(answer: Any) -> Any:
    name = openais_name(type(answer))
    if isinstance(answer, openai.BaseModel):
        return name, answer.to_dict()
    return name, getattr(answer, "content", None)


async def outcome(method: Callable[..., Any], script: ScriptedServer) -> tuple[Any, Any]:
    """What is sent, and what comes back or is raised."""
    script.received.clear()
    try:
        answer = gist(await settle(method(**junk(method))))
    except openai.APIResponseValidationError:
        answer = STUMBLED
    except openai.OpenAIError as error:
        answer = openais_name(type(error))
    except Exception as error:
        answer = STUMBLED if script.received else repr(error)
    return [parts(received) for received in script.received], answer


async def test_it_has_the_same_methods_with_the_same_signatures(pair: tuple[Any, Any]) -> None:
    bare, wrapped = map(calls, pair)
    assert len(bare) > 80
    assert bare.keys() <= wrapped.keys()
    for name, method in bare.items():
        assert inspect.signature(method) == inspect.signature(wrapped[name]), name


async def test_its_raw_and_streaming_methods_have_the_same_signatures(pair: tuple[Any, Any]) -> None:
    found = [dict(namespaces(client)) for client in pair]
    compared = 0
    for path in found[0].keys() & found[1].keys() - {"evals.", "evals.runs.", "evals.runs.output_items."}:
        for form in ("with_raw_response", "with_streaming_response"):
            # Openai has left it out on a few.
            bare, wrapped = (dict(methods(getattr(each[path], form, object()))) for each in found)
            assert bare.keys() <= wrapped.keys()
            for name, method in bare.items():
                compared += 1
                assert inspect.signature(method) == inspect.signature(wrapped[name]), f"{path}{form}.{name}"
    assert compared > 150


async def test_its_methods_send_the_same_and_give_the_same(pair: tuple[Any, Any], script: ScriptedServer) -> None:
    bare, wrapped = map(calls, pair)
    sent = 0
    for name in bare.keys() - AS_PARETA_TAKES_IT:
        method = bare[name]
        before = await outcome(method, script)
        assert await outcome(wrapped[name], script) == before, name
        sent += len(before[0])
    assert sent > 50
