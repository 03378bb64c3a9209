"""Which answer becomes which exception, and what it tells a person."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import openai
import pytest

import pareta_openai
from pareta_openai.local import Organisation
from tests.support import COMPLETION, MESSAGES, Answer, ScriptedServer, json_answer, settle

pytestmark = pytest.mark.anyio

STATUSES = [
    (400, "BadRequestError", openai.BadRequestError),
    (401, "AuthenticationError", openai.AuthenticationError),
    (402, "InsufficientCreditsError", openai.APIStatusError),
    (403, "PermissionDeniedError", openai.PermissionDeniedError),
    (404, "NotFoundError", openai.NotFoundError),
    (409, "ConflictError", openai.ConflictError),
    (418, "APIStatusError", openai.APIStatusError),
    (422, "UnprocessableEntityError", openai.UnprocessableEntityError),
    (429, "RateLimitError", openai.RateLimitError),
    (500, "InternalServerError", openai.InternalServerError),
    (502, "InternalServerError", openai.InternalServerError),
    (503, "EndpointNotReadyError", openai.InternalServerError),
]


async def call(client: Any, **arguments: Any) -> Any:
    return await settle(client.chat.completions.create(model="ep_one", messages=MESSAGES, **arguments))


@pytest.mark.parametrize(("status", "name", "openai_class"), STATUSES)
async def test_a_status_becomes_an_error_with_both_parents(
    scripted: Any, script: ScriptedServer, status: int, name: str, openai_class: type[Exception]
) -> None:
    body = {"detail": "the platform's own words"}
    script.answer(json_answer(body, status, **{"x-request-id": "req_7"}))
    with pytest.raises(pareta_openai.ParetaError) as caught:
        await call(scripted)
    error: Any = caught.value
    assert type(error) is getattr(pareta_openai, name)
    assert isinstance(error, openai_class)
    assert isinstance(error, pareta_openai.APIStatusError)
    assert (error.status_code, error.detail, error.request_id) == (status, body["detail"], "req_7")
    assert error.body == body
    assert error.response.status_code == status
    assert str(error).startswith(f"Error code: {status} - the platform's own words.")
    assert error.message == str(error)


async def test_a_422_is_a_bad_request_too(scripted: Any, script: ScriptedServer) -> None:
    findings = [
        {"loc": ["body", "messages", 0, "content"], "msg": "Field required", "type": "missing"},
        {"loc": ["body", "top_k"], "msg": "Input should be greater than 0", "type": "greater_than"},
    ]
    script.answer(json_answer({"detail": findings}, 422))
    with pytest.raises(pareta_openai.BadRequestError) as caught:
        await call(scripted)
    assert caught.value.detail == findings
    assert "body.messages.0.content: Field required; body.top_k: Input should" in str(caught.value)


async def test_an_openai_shaped_error_is_read_as_openai_does(scripted: Any, script: ScriptedServer) -> None:
    inner = {
        "message": "maximum context length is 8192",
        "type": "invalid_request_error",
        "code": "context_length",
    }
    script.answer(json_answer({"error": inner}, 400))
    with pytest.raises(pareta_openai.BadRequestError, match="maximum context length is 8192") as caught:
        await call(scripted)
    error = caught.value
    assert (error.detail, error.code, error.type, error.body) == (
        inner["message"],
        "context_length",
        "invalid_request_error",
        inner,
    )


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"upstream timed out", "upstream timed out"),
        (b"<html><body>Bad gateway</body></html>", None),
        (b"", None),
        (b'{"detail": null}', None),
        (b'{"cut', '{"cut'),
        (b"[1, 2]", None),
        (b'{"detail": {"reason": "nested"}}', {"reason": "nested"}),
        (b'{"error": "plain"}', "plain"),
    ],
)
async def test_any_error_body_gives_the_error_of_its_status(
    scripted: Any, script: ScriptedServer, body: bytes, detail: Any
) -> None:
    script.answer(Answer(502, body))
    with pytest.raises(pareta_openai.InternalServerError, match=r"^Error code: 502") as caught:
        await call(scripted)
    assert caught.value.detail == detail
    assert "<html>" not in str(caught.value)


async def test_a_long_detail_is_shortened_in_the_message_only(scripted: Any, script: ScriptedServer) -> None:
    script.answer(json_answer({"detail": "word\n" * 1000}, 400))
    with pytest.raises(pareta_openai.BadRequestError) as caught:
        await call(scripted)
    assert len(str(caught.value)) < 600
    assert "\n" not in str(caught.value)
    assert caught.value.detail == "word\n" * 1000


async def test_a_402_says_that_topping_up_is_done_in_the_dashboard(
    client: Any, organisation: Organisation, endpoint: str
) -> None:
    organisation.set_balance(0)
    with pytest.raises(pareta_openai.InsufficientCreditsError, match="dashboard"):
        await settle(client.chat.completions.create(model=endpoint, messages=MESSAGES))


async def test_a_503_names_the_endpoint_and_says_how_to_start_it(client: Any, endpoint: str) -> None:
    await settle(client.endpoints.stop(endpoint))
    with pytest.raises(pareta_openai.EndpointNotReadyError) as caught:
        await settle(client.chat.completions.create(model=endpoint, messages=MESSAGES))
    assert caught.value.endpoint_id == endpoint
    assert f"client.endpoints.start('{endpoint}')" in str(caught.value)


async def test_a_503_of_the_control_plane_names_the_endpoint(scripted: Any, script: ScriptedServer) -> None:
    script.answer(json_answer({"detail": "provider down"}, 503))
    with pytest.raises(pareta_openai.EndpointNotReadyError) as caught:
        await settle(scripted.endpoints.start("ep one"))
    assert caught.value.endpoint_id == "ep one"
    with pytest.raises(pareta_openai.EndpointNotReadyError) as caught:
        await settle(scripted.tasks.list())
    assert caught.value.endpoint_id is None


async def test_opening_a_stream_raises_the_same(scripted: Any, script: ScriptedServer) -> None:
    script.answer(json_answer({"detail": "empty"}, 402))
    with pytest.raises(pareta_openai.InsufficientCreditsError):
        await call(scripted, stream=True)


async def test_raw_responses_raise_the_same(scripted: Any, script: ScriptedServer) -> None:
    script.answer(json_answer({"detail": "empty"}, 402))
    with pytest.raises(pareta_openai.InsufficientCreditsError):
        await settle(scripted.chat.completions.with_raw_response.create(model="ep", messages=MESSAGES))
    with pytest.raises(pareta_openai.InsufficientCreditsError):
        await settle(scripted.with_options(timeout=5).with_raw_response.models.list())


async def test_an_unreachable_platform_is_a_connection_error_that_names_the_host(
    build: Callable[..., Any],
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        client = build(api_key="pareta_sk_canary", base_url=f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(pareta_openai.APIConnectionError, match=r"No connection to 127\.0\.0\.1") as caught:
            await call(client)
    assert isinstance(caught.value, openai.APIConnectionError)
    assert "canary" not in str(caught.value)


async def test_a_slow_platform_is_a_timeout(build: Callable[..., Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = build(api_key="pareta_sk_x", base_url=f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.05)
        with pytest.raises(pareta_openai.APITimeoutError) as caught:
            await call(client)
    assert isinstance(caught.value, openai.APITimeoutError)
    assert isinstance(caught.value, pareta_openai.APIConnectionError)


UNREADABLE = [
    pytest.param(Answer(200, b"<html>Welcome</html>", {"content-type": "text/html"}), "text/html", id="html"),
    pytest.param(Answer(200, b"<html>Welcome</html>"), "does not parse", id="html-called-json"),
    pytest.param(Answer(200, b""), "an empty body", id="empty"),
    pytest.param(Answer(200, b"", {}), "an empty body", id="empty-untyped"),
    pytest.param(Answer(200, b'{"id": "chatcmpl-1", "choi'), "cut short", id="truncated"),
    pytest.param(Answer(200, b"\xff\xfe{"), "does not parse", id="not-utf-8"),
    pytest.param(Answer(200, b"[" * 100_000), "nested too deep", id="nested-too-deep"),
]
CALLS = {
    "chat": lambda c: c.chat.completions.create(model="ep", messages=MESSAGES),
    "models": lambda c: c.models.list(),
    "endpoints.list": lambda c: c.endpoints.list(),
    "endpoints.start": lambda c: c.endpoints.start("ep"),
    "tasks.list": lambda c: c.tasks.list(),
    "tasks.recommended": lambda c: c.tasks.recommended("t"),
}


@pytest.mark.parametrize(("answer", "reason"), UNREADABLE)
@pytest.mark.parametrize("name", CALLS)
async def test_an_unreadable_answer_is_a_pareta_error(
    scripted: Any, script: ScriptedServer, answer: Answer, reason: str, name: str
) -> None:
    script.answer(answer)
    with pytest.raises(pareta_openai.APIResponseValidationError, match="was answered 200 with") as caught:
        await settle(CALLS[name](scripted))
    assert isinstance(caught.value, openai.APIResponseValidationError)
    assert reason in str(caught.value)


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"7", b"true"])
@pytest.mark.parametrize("name", ["chat", "models", "endpoints.start", "tasks.list", "tasks.recommended"])
async def test_json_of_another_shape_is_a_pareta_error(
    scripted: Any, script: ScriptedServer, body: bytes, name: str
) -> None:
    script.answer(Answer(200, body))
    with pytest.raises(pareta_openai.APIResponseValidationError, match="JSON of another shape"):
        await settle(CALLS[name](scripted))


@pytest.mark.parametrize("body", [b"{}", b'"text"', b"7", b'[1, "two"]', b"null"])
async def test_a_list_that_is_no_array_of_objects_is_a_pareta_error(
    scripted: Any, script: ScriptedServer, body: bytes
) -> None:
    script.answer(Answer(200, body))
    with pytest.raises(pareta_openai.APIResponseValidationError):
        await settle(scripted.endpoints.list())


async def test_a_raw_response_of_an_unreadable_answer_fails_when_it_is_parsed(
    scripted: Any, script: ScriptedServer
) -> None:
    script.answer(Answer(200, b'{"id": '))
    raw = await settle(scripted.chat.completions.with_raw_response.create(model="ep", messages=MESSAGES))
    assert raw.http_response.content == b'{"id": '
    with pytest.raises(pareta_openai.APIResponseValidationError):
        await settle(raw.parse())


async def test_an_answer_that_breaks_off_is_a_connection_error(scripted: Any, script: ScriptedServer) -> None:
    script.answer(Answer(200, b'{"id": ', promised_length=1000))
    with pytest.raises(pareta_openai.APIConnectionError):
        await call(scripted)


async def test_json_under_another_content_type_is_read(scripted: Any, script: ScriptedServer) -> None:
    good = json_answer(COMPLETION)
    script.answer(Answer(200, good.body, {"content-type": "text/plain"}))
    assert (await call(scripted)).choices[0].message.content == "Hello"


@pytest.mark.parametrize(
    ("value", "seconds"), [("7", 7.0), ("0.5", 0.5), ("-3", 0.0), ("soon", None), ("nan", None), ("inf", None)]
)
async def test_retry_after_is_on_the_error_in_seconds(
    scripted: Any, script: ScriptedServer, value: str, seconds: float | None
) -> None:
    script.answer(json_answer({"detail": "busy"}, 429, **{"retry-after": value}))
    with pytest.raises(pareta_openai.RateLimitError) as caught:
        await call(scripted)
    assert caught.value.retry_after == seconds


async def test_a_retry_after_that_is_a_date_is_in_seconds_from_now(scripted: Any, script: ScriptedServer) -> None:
    in_a_minute = format_datetime(datetime.now(timezone.utc) + timedelta(seconds=60), usegmt=True)
    script.answer(json_answer({"detail": "busy"}, 429, **{"retry-after": in_a_minute}))
    with pytest.raises(pareta_openai.RateLimitError) as caught:
        await call(scripted)
    assert 50 < (caught.value.retry_after or 0) <= 61
    script.answer(json_answer({"detail": "busy"}, 429))
    with pytest.raises(pareta_openai.RateLimitError) as caught:
        await call(scripted)
    assert caught.value.retry_after is None
