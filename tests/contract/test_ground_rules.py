"""The contract's rows that are not routes: statuses and their retries, the idempotency key, the request id."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

import pareta_openai
from tests.support import COMPLETION, MESSAGES, Answer, ScriptedServer, json_answer, scripted_server, settle

pytestmark = pytest.mark.anyio

AT_ONCE = {"retry-after-ms": "1"}
RETRIED = {400: 1, 401: 1, 402: 1, 403: 1, 404: 1, 408: 3, 409: 3, 422: 1, 429: 3, 500: 3, 502: 3, 503: 3, 504: 3}


@pytest.fixture
def patient(build: Callable[..., Any], script: ScriptedServer) -> Any:
    """A client with the default number of retries."""
    return build(api_key="pareta_sk_patient", base_url=script.base_url, max_retries=2)


@pytest.mark.parametrize(("status", "requests"), RETRIED.items(), ids=[f"status-{status}" for status in RETRIED])
async def test_a_status_is_retried_or_not_as_its_row_says(
    patient: Any, script: ScriptedServer, status: int, requests: int
) -> None:
    script.answer(json_answer({"detail": "words"}, status, **AT_ONCE))
    with pytest.raises(pareta_openai.APIStatusError):
        await settle(patient.chat.completions.create(model="ep", messages=MESSAGES))
    assert len(script.received) == requests


async def test_two_retries_are_the_default() -> None:
    assert pareta_openai.OpenAI(api_key="pareta_sk_x").max_retries == 2


async def test_every_post_carries_one_idempotency_key_for_all_its_retries(patient: Any, script: ScriptedServer) -> None:
    calls = {
        "chat": lambda c: c.chat.completions.create(model="ep", messages=MESSAGES),
        "deploy": lambda c: c.endpoints.deploy(task="t"),
        "start": lambda c: c.endpoints.start("ep"),
        "stop": lambda c: c.endpoints.stop("ep"),
        "match": lambda c: c.tasks.match("q"),
        "create set": lambda c: c.evals.sets.create(task="t", items=[{"input": "a"}]),
        "attach": lambda c: c.evals.sets.upload_document("es", b"x", idx=0, field_name="f"),
        "run": lambda c: c.evals.runs.create(eval_set="es", models=["m"]),
    }
    seen = set()
    for name, call in calls.items():
        script.received.clear()
        script.answer(json_answer({"detail": "busy"}, 500, **AT_ONCE))
        with pytest.raises(pareta_openai.InternalServerError):
            await settle(call(patient))
        keys = {
            value
            for received in script.received
            for header, value in received.headers.items()
            if header.lower() == "idempotency-key"
        }
        assert len(script.received) == 3, name
        assert len(keys) == 1, name
        seen |= keys
    assert len(seen) == len(calls)


async def test_the_key_is_sent_as_a_bearer_token(patient: Any, script: ScriptedServer) -> None:
    script.answer(json_answer(COMPLETION))
    await settle(patient.chat.completions.create(model="ep", messages=MESSAGES))
    headers = {name.lower(): value for name, value in script.received[0].headers.items()}
    assert headers["authorization"] == "Bearer pareta_sk_patient"


async def test_a_redirect_to_another_origin_does_not_carry_the_key(patient: Any, script: ScriptedServer) -> None:
    with scripted_server() as elsewhere:
        elsewhere.answer(json_answer({"tasks": []}))
        location = elsewhere.base_url.replace("127.0.0.1", "localhost") + "/v1/tasks"
        script.answer(Answer(307, b"", {"location": location}))
        await settle(patient.tasks.list())
        (received,) = elsewhere.received
        assert b"pareta_sk_patient" not in received.raw


async def test_the_request_id_is_on_answers_and_errors(patient: Any, script: ScriptedServer) -> None:
    script.answer(json_answer(COMPLETION, **{"x-request-id": "req_9"}))
    completion = await settle(patient.chat.completions.create(model="ep", messages=MESSAGES))
    assert completion._request_id == "req_9"
    endpoint = await settle(patient.endpoints.retrieve("ep"))
    assert endpoint._request_id == "req_9"
    script.answer(json_answer({"detail": "no"}, 404, **{"x-request-id": "req_10"}))
    with pytest.raises(pareta_openai.NotFoundError) as caught:
        await settle(patient.endpoints.retrieve("ep"))
    assert caught.value.request_id == "req_10"


@pytest.mark.parametrize("retry_after", [None, "30"])
async def test_no_retry_is_begun_that_the_whole_call_has_no_time_for(
    build: Callable[..., Any], script: ScriptedServer, retry_after: str | None
) -> None:
    script.answer(json_answer({"detail": "busy"}, 429, **({"retry-after": retry_after} if retry_after else {})))
    client = build(api_key="pareta_sk_x", base_url=script.base_url, max_retries=9).with_options(call_timeout=0.2)
    with pytest.raises(pareta_openai.RateLimitError):
        await settle(client.chat.completions.create(model="ep", messages=MESSAGES))
    assert len(script.received) == 1


async def test_retries_within_the_whole_calls_time_are_made(build: Callable[..., Any], script: ScriptedServer) -> None:
    script.answer(json_answer({"detail": "busy"}, 429, **AT_ONCE), json_answer(COMPLETION))
    client = build(api_key="pareta_sk_x", base_url=script.base_url, max_retries=2, call_timeout=30)
    await settle(client.chat.completions.create(model="ep", messages=MESSAGES))
    assert len(script.received) == 2


async def test_an_attempt_takes_no_longer_than_the_whole_call_may(build: Callable[..., Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = build(
            api_key="pareta_sk_x",
            base_url=f"http://127.0.0.1:{silent.getsockname()[1]}",
            timeout=60,
            max_retries=5,
            call_timeout=0.1,
        )
        with pytest.raises(pareta_openai.APITimeoutError):
            await settle(client.chat.completions.create(model="ep", messages=MESSAGES))


async def test_an_impossible_call_timeout_is_refused(build: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match=r"^call_timeout is 0"):
        build(api_key="pareta_sk_x", call_timeout=0)
