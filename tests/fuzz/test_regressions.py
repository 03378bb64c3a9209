"""What the fuzzers have found, one test for each."""

from __future__ import annotations

import json
import pickle
import warnings
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from pareta_openai import ParetaError, bodies, errors
from pareta_openai.resources import eval_sets
from pareta_openai.types import DeployEvent, Endpoint, EndpointActivity, EvalRun, Leaderboard
from pareta_openai.types.chat import receipt
from tests.fuzz.harness import RawServer, outcome, read_everything
from tests.fuzz.junk import listed, write
from tests.fuzz.operations import MODES, OPERATIONS, UPLOAD, perform
from tests.fuzz.test_streams import CHUNKS, READ_CHAT, over_http, read_chat, read_deploy, wait_for_deploy

BY_NAME = {operation.name: operation for operation in OPERATIONS}


def answer(
    body: bytes, status: int = 200, *, content_type: str = "application/json", length: int | None = None, more: str = ""
) -> bytes:
    length = len(body) if length is None else length
    head = f"HTTP/1.1 {status} Said So\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n{more}\r\n"
    return head.encode() + body


def json_answer(value: Any, status: int = 200, **more: Any) -> bytes:
    return answer(write(value).encode(), status, **more)


@pytest.fixture
def ask(run: Callable[..., Any], server: RawServer) -> Callable[..., Any]:
    """What a call gives, or the `ParetaError` that it raises, where the server sends `sent`."""

    def ask(call: str, sent: bytes, mode: str = "plain") -> Any:
        server.answer = sent
        given = outcome(lambda: run(lambda client: perform(client, BY_NAME[call], mode)))
        read_everything(given)
        return given

    return ask


# Answers


@pytest.mark.parametrize("name", ["cls", "self", "_fields_set", "_BaseModel__cls", "model_fields", "to_dict"])
def test_a_field_of_an_answer_may_have_any_name(name: str) -> None:
    endpoint = Endpoint.construct(**{name: [1]})
    assert endpoint[name] == [1]
    assert endpoint.to_dict() == {name: [1]}


def test_a_name_of_half_a_character_is_read_with_a_substitute() -> None:
    assert EndpointActivity.construct(**{"a\ud800": 1}).to_dict() == {"a\ufffd": 1}


def test_a_value_of_another_type_is_kept_and_nothing_is_said() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        endpoint = Endpoint.construct(name=True, status=[1])
        assert (endpoint.name, endpoint.status) == (True, [1])
        assert endpoint.to_dict() == {"name": True, "status": [1]}


@pytest.mark.parametrize("junk", ["high", [], {}, float("nan"), float("inf"), 10**400])
def test_an_entry_whose_quality_or_cost_is_no_number_is_not_on_the_front(junk: Any) -> None:
    good = {"name": "a", "quality": 0.5, "cost_per_request_micro_usd": 1}
    board = Leaderboard.construct(
        models=[{**good, "quality": junk}, good, {**good, "cost_per_request_micro_usd": junk}]
    )
    assert [entry.to_dict() for entry in board.pareto_front()] == [good]


@pytest.mark.parametrize("junk", ["much", [], {}, float("nan"), float("inf"), "9" * 5000])
def test_a_cost_that_is_no_number_is_0(junk: Any) -> None:
    run = EvalRun.construct(run={"id": "r", "total_cost_micro_usd": junk})
    assert (run.cost_micro_usd, run.cost) == (0, Decimal(0))


@pytest.mark.parametrize("billed", ["9" * 5000, "²", "-1", "1.5", ""])
def test_a_receipt_that_is_no_amount_is_none(billed: str) -> None:
    headers = {"x-pareta-billed": billed, "x-pareta-frontier-would-have-cost": "9" * 400}
    assert set(receipt(headers).values()) == {None}


@pytest.mark.parametrize("charset", listed("hex|rot13|idna|punycode|undefined|utf-16|unicode_escape|none"))
@pytest.mark.parametrize("status", [200, 500])
def test_a_charset_that_decodes_no_text_is_taken_for_utf_8(ask: Callable[..., Any], charset: str, status: int) -> None:
    given = ask("endpoints.list", answer(b"<html>\\d\xff", status, content_type=f"text/html; charset={charset}"))
    assert isinstance(given, ParetaError)


@pytest.mark.parametrize("charset", sorted(bodies.TEXT_CHARSETS))
def test_a_charset_of_text_decodes_any_bytes(ask: Callable[..., Any], charset: str) -> None:
    given = ask(
        "endpoints.list", answer(bytes(range(256)), 500, content_type=f'text/plain; charset="{charset.upper()}"')
    )
    assert given.detail == bytes(range(256)).decode(charset, "replace").strip()


def test_a_type_of_any_length_costs_no_time_to_look_through(ask: Callable[..., Any]) -> None:
    sent = json_answer([], content_type='text/html;"' + ";" * 90_000 + "charset=hex")
    assert isinstance(ask("endpoints.list", sent, "raw"), ParetaError)
    assert isinstance(ask("endpoints.list", sent.replace(b" 200 ", b" 500 ")), errors.InternalServerError)


@pytest.mark.parametrize("content_type", ["APPLICATION/JSON", "application/json ; charset=utf-8"])
def test_the_type_of_json_may_be_written_in_any_way(ask: Callable[..., Any], content_type: str) -> None:
    given = ask("endpoints.list", json_answer([{"id": "ep_1"}], content_type=content_type))
    assert [endpoint.id for endpoint in given] == ["ep_1"]
    assert isinstance(ask("tasks.list", answer(b"x", content_type=content_type)), errors.APIResponseValidationError)


@pytest.mark.parametrize("depth", [300, 900, 5_000, 100_000])
@pytest.mark.parametrize("call", ["metrics.activity", "endpoints.list", "chat.completions.create"])
def test_json_that_is_nested_too_deep_is_refused(ask: Callable[..., Any], call: str, depth: int) -> None:
    body = b'{"a":' + b"[" * depth + b"]" * depth + b"}"
    assert isinstance(ask(call, answer(body)), errors.APIResponseValidationError)
    assert isinstance(ask(call, answer(body, 500)), errors.InternalServerError)
    assert isinstance(ask(call, answer(b'{"detail": ' + body + b"}", 422)), errors.UnprocessableEntityError)


@pytest.mark.parametrize("name", ["_fields_set", "_BaseModel__cls"])
def test_a_name_that_openai_cannot_read_is_an_error_of_ours(ask: Callable[..., Any], name: str) -> None:
    assert isinstance(
        ask("chat.completions.create", json_answer({"id": "c", name: [1]})), errors.APIResponseValidationError
    )


@pytest.mark.parametrize(
    "choices",
    [
        None,
        5,
        ["x"],
        [{"message": []}],
        [{"message": {"content": "{}", "tool_calls": [{"type": "function"}]}}],
    ],
)
@pytest.mark.parametrize("mode", MODES)
def test_what_cannot_be_parsed_as_the_type_asked_for_is_an_error_of_ours(
    ask: Callable[..., Any], choices: Any, mode: str
) -> None:
    given = ask("chat.completions.parse", json_answer({"choices": choices}), mode)
    assert isinstance(given, errors.APIResponseValidationError)


@pytest.mark.parametrize("body", [{}, {"data": None}, {"object": "list"}])
def test_a_page_of_models_without_any_is_empty(ask: Callable[..., Any], body: Any) -> None:
    assert len(ask("models.list", json_answer(body))) == 0


@pytest.mark.parametrize("fields", [{"a\ud800": 1}, {"data": [{"id": True}]}])
def test_a_page_of_models_goes_through_pickle_with_whatever_it_holds(ask: Callable[..., Any], fields: Any) -> None:
    page = ask("models.list", json_answer(fields))
    assert repr(pickle.loads(pickle.dumps(page))) == repr(page)


@pytest.mark.parametrize("run_id", [7, "", " ", [], {}])
def test_a_run_whose_id_is_no_name_is_refused(ask: Callable[..., Any], run_id: Any) -> None:
    sent = json_answer({"eval_set": {"id": "es", "task_id": "t"}, "frontier_models": [], "run_id": run_id})
    assert isinstance(ask("evals.runs.create, frontier and wait", sent), errors.APIResponseValidationError)


@pytest.mark.parametrize(
    "url", [7, [], "http://[", "http://a:b/", "http://127.0.0.1:99999/", "http://127.0.0.1:-1/", "http://.invalid/"]
)
def test_a_url_to_upload_to_that_cannot_be_one_is_an_error_of_ours(
    run: Callable[..., Any], server: RawServer, monkeypatch: pytest.MonkeyPatch, url: Any
) -> None:
    monkeypatch.setattr(eval_sets, "INLINE_LIMIT", 0)
    server.answer = json_answer({"upload_url": url, "storage_uri": "s3://b/k"})
    assert isinstance(outcome(lambda: run(lambda client: perform(client, UPLOAD))), ParetaError)


# Transport


@pytest.mark.parametrize(
    "location", ["http://127.0.0.1:99999/", "http://127.0.0.1:-1/", "http://.invalid/", f"http://{'a' * 64}.invalid/"]
)
@pytest.mark.parametrize("mode", MODES)
def test_a_redirect_to_where_nothing_can_be_is_a_connection_error(
    ask: Callable[..., Any], location: str, mode: str
) -> None:
    given = ask("tasks.list", answer(b"", 307, more=f"location: {location}\r\n"), mode)
    assert isinstance(given, errors.APIConnectionError)


def test_a_cookie_that_cannot_be_sent_back_is_forgotten(ask: Callable[..., Any]) -> None:
    sent = json_answer([], more="set-cookie: kept=1\r\nset-cookie: caf\u00e9=1\r\n")
    assert (ask("endpoints.list", sent), ask("endpoints.list", sent)) == ([], [])


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("mode", MODES)
def test_a_body_that_breaks_off_is_a_connection_error(ask: Callable[..., Any], mode: str, status: int) -> None:
    assert isinstance(ask("tasks.list", answer(b"{", status, length=9), mode), errors.APIConnectionError)


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("mode", MODES)
def test_a_body_that_does_not_decompress_is_a_connection_error(ask: Callable[..., Any], mode: str, status: int) -> None:
    sent = answer(b"no gzip at all", status, more="content-encoding: gzip\r\n")
    assert isinstance(ask("tasks.list", sent, mode), errors.APIConnectionError)


# Streams


@pytest.fixture
def read(run: Callable[..., Any], server: RawServer) -> Callable[..., Any]:
    """What is read from a stream, or the `ParetaError` that it raises, where the server sends `events`."""

    def read(call: Callable[[Any], Any], *events: str) -> Any:
        server.answer = over_http("".join(f"{event}\n\n" for event in events).encode())
        given = outcome(lambda: run(call))
        read_everything(given)
        return given

    return read


@pytest.mark.parametrize("status", [400, 503])
def test_a_refused_stream_that_breaks_off_is_a_connection_error(
    run: Callable[..., Any], server: RawServer, status: int
) -> None:
    server.answer = answer(b"{", status, length=9)
    assert isinstance(outcome(lambda: run(read_chat)), errors.APIConnectionError)


@pytest.mark.parametrize("choices", [5, "x", ["x"], [None], [{"delta": "x"}], [{"delta": []}], {"a": 1}])
def test_an_event_that_is_no_chunk_is_an_error_of_ours(read: Callable[..., Any], choices: Any) -> None:
    given = read(read_chat, "data: " + json.dumps({**CHUNKS[0], "choices": choices}))
    assert isinstance(given, errors.APIResponseValidationError)


def test_a_chunk_whose_text_is_none_goes_by(read: Callable[..., Any]) -> None:
    chunk = {**CHUNKS[0], "choices": [{"index": 0, "delta": {"content": 5}, "finish_reason": "stop"}]}
    assert len(read(read_chat, "data: " + json.dumps(chunk))) == 1


@pytest.mark.parametrize("choice", [{"index": None, "delta": {}}, {"index": 0}, {"index": 7, "delta": {}}])
@pytest.mark.parametrize("call", READ_CHAT)
def test_chunks_that_do_not_add_up_are_an_error_of_ours(
    read: Callable[..., Any], call: Callable[[Any], Any], choice: Any
) -> None:
    chunk = {**CHUNKS[0], "choices": [{**choice, "finish_reason": "stop"}]}
    given = read(call, "data: " + json.dumps(chunk), "data: [DONE]")
    # As they come, they are still what the platform has sent.
    assert isinstance(given, list if call is read_chat else errors.APIResponseValidationError)


def test_an_error_event_may_have_a_code_of_any_length(read: Callable[..., Any]) -> None:
    given = read(read_chat, 'data: {"error": {"message": "m", "code": "' + "4" * 5000 + '"}}')
    assert isinstance(given, errors.APIError)


@pytest.mark.parametrize("call", [read_chat, read_deploy, wait_for_deploy])
@pytest.mark.parametrize("depth", [300, 900, 5_000, 100_000])
def test_an_event_that_is_nested_too_deep_is_an_error_of_ours(
    read: Callable[..., Any], call: Callable[[Any], Any], depth: int
) -> None:
    assert isinstance(read(call, 'event: error\ndata: {"a":' + "[" * depth + "]" * depth + "}"), ParetaError)


@pytest.mark.parametrize("junk", ["50", [], {}, True, float("nan"), float("inf"), 10**400])
def test_progress_that_is_no_number_is_none(read: Callable[..., Any], junk: Any) -> None:
    assert DeployEvent(event="progress", data={"pct": junk}).pct is None
    progress = "event: progress\ndata: " + write({"pct": junk, "stage": junk, "label": junk})
    assert isinstance(read(wait_for_deploy, progress), errors.DeploymentFailedError)


@pytest.mark.parametrize("junk", [5, [], {}, True])
def test_words_that_are_none_are_none(junk: Any) -> None:
    event = DeployEvent(event="progress", data={"stage": junk, "label": junk, "message": junk})
    assert (event.stage, event.label, event.message) == (None, None, None)
    assert event.data["stage"] == junk
