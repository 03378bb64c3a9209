from __future__ import annotations

import json

import pytest

from pareta_openai.local.state import State

ROUTES = [
    ("POST", "/v1/chat/completions"),
    ("GET", "/v1/models"),
    ("POST", "/v1/endpoints"),
    ("GET", "/v1/endpoints"),
    ("GET", "/v1/endpoints/x"),
    ("DELETE", "/v1/endpoints/x"),
    ("POST", "/v1/endpoints/x/start"),
    ("POST", "/v1/endpoints/x/stop"),
    ("GET", "/v1/endpoints/x/performance"),
    ("GET", "/v1/endpoints/x/uptime"),
    ("GET", "/v1/endpoints/x/cost"),
    ("GET", "/v1/endpoints/x/quality"),
    ("GET", "/v1/endpoints/x/activity"),
    ("GET", "/v1/tasks"),
    ("GET", "/v1/tasks/x"),
    ("POST", "/v1/tasks/match"),
    ("GET", "/v1/tasks/x/leaderboard"),
    ("GET", "/v1/eval/frontier-models"),
    ("POST", "/v1/eval-sets"),
    ("GET", "/v1/eval-sets"),
    ("GET", "/v1/eval-sets/x"),
    ("DELETE", "/v1/eval-sets/x"),
    ("POST", "/v1/eval-sets/x/attach-blob"),
    ("POST", "/v1/eval-sets/x/blob-upload-url"),
    ("POST", "/v1/eval-sets/x/blob-upload-complete"),
    ("POST", "/v1/eval-runs"),
    ("GET", "/v1/eval-runs/x"),
    ("GET", "/_local/organisation"),
    ("PUT", "/_local/balance"),
    ("POST", "/_local/faults"),
    ("GET", "/_local/faults"),
    ("DELETE", "/_local/faults"),
]


@pytest.mark.parametrize("authorization", [None, "Bearer pareta_sk_wrong", "Bearer ", "Basic eDp5", "Bearer \xe4"])
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_needs_a_key(platform, caller, method, path, authorization):
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = caller(platform.base_url, None)(method, path, {} if method in ("POST", "PUT") else None, headers)
    assert answer.status == 401
    assert "key" in answer.detail
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/v1/models", {}, 200),
        ("POST", "/v1/chat/completions", {}, 422),
        ("GET", "/v1/nowhere", {}, 404),
        ("DELETE", "/v1/models", {}, 405),
        ("GET", "/v1/models", {"Authorization": ""}, 401),
        ("GET", "/v1/models", {"Host": "example.com"}, 403),
        ("POST", "/v1/chat/completions", {"Content-Length": str(65 << 20)}, 413),
    ],
)
def test_every_response_has_a_request_id_of_its_own(call, method, path, headers, status):
    answers = [call(method, path, headers=headers) for _ in range(2)]
    assert {answer.status for answer in answers} == {status}
    ids = [answer.headers["x-request-id"] for answer in answers]
    assert all(ids)
    assert len(set(ids)) == 2


@pytest.mark.parametrize("path", ["/nowhere", "/chat/completions", "/models", "/v1", "/_local/nowhere"])
def test_a_path_outside_v1_is_told_where_the_routes_are(call, path):
    answer = call("GET", path)
    assert answer.status == 404
    assert path in answer.detail
    assert "below /v1" in answer.detail


def test_a_route_that_is_not_there_is_404(call):
    answer = call("GET", "/v1/eval-sets/x/y")
    assert answer.status == 404
    assert answer.detail == "No route GET /v1/eval-sets/x/y."


@pytest.mark.parametrize(
    "host", ["example.com", "example.com:80", "127.0.0.1.example.com", "192.168.1.4", "", "[::2]:80"]
)
def test_a_request_for_another_host_is_refused(call, host):
    for path in ("/v1/models", "/docs", "/_local/organisation"):
        answer = call("GET", path, headers={"Host": host})
        assert answer.status == 403
        assert "loopback" in answer.detail


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:1", "127.1.2.3", "[::1]", "[::1]:8000"])
def test_a_request_for_this_machine_is_answered(call, host):
    assert call("GET", "/v1/models", headers={"Host": host}).status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b"{}",
        b'{"model": "auto"}',
        b'{"model": "auto", "messages": []}',
        b'{"model": "auto", "messages": "hello"}',
        b'{"model": "auto", "messages": [5]}',
        b'{"model": 5, "messages": [{"role": "user", "content": "x"}]}',
        b'{"model": "auto", "messages": [{"role": "user", "content": "\\ud800"}]}',
        b'{"model": "\\ud800", "messages": [{"role": "user", "content": "x"}]}',
        b'{"model": "auto", "messages": [{"role": "user", "content": "x"}], "n": 0}',
        b'{"model": "auto", "messages": [{"role": "user", "content": "x"}], "max_tokens": -1}',
        b'{"model": "auto", "messages": [{"role": "user", "content": "x"}], "response_format": {"type": 5}}',
        b'{"model": "auto", "messages": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_a_malformed_body_is_refused_and_not_billed(call, organisation, body):
    answer = call("POST", "/v1/chat/completions", body)
    assert answer.status in (400, 422)
    assert answer.detail
    assert organisation.ledger() == []


def test_a_422_has_fastapis_form(call):
    answer = call("POST", "/v1/chat/completions", {"model": "auto"})
    assert answer.status == 422
    assert answer.detail == [{"loc": ["body", "messages"], "msg": "Field required", "type": "missing"}]


def test_a_422_does_not_send_the_body_back(call):
    answer = call("POST", "/v1/chat/completions", {"model": "auto", "messages": "secret" * 1000})
    assert answer.status == 422
    assert b"secret" not in answer.body


def test_a_large_body_is_answered(call):
    assert call.chat("word " * 2_000_000).status == 200


def test_a_body_that_is_too_large_is_413_even_if_it_does_not_say_how_long_it_is(call):
    def endless():
        for _ in range(65):
            yield b" " * (1 << 20)

    answer = call("POST", "/v1/chat/completions", endless())
    assert answer.status == 413
    assert "64 MiB" in answer.detail


def test_the_shapes_of_the_answers_are_documented(call):
    schema = call("GET", "/openapi.json").json()
    assert {"ChatCompletion", "EndpointRecord", "Leaderboard", "Match", "EvalRun"} <= set(
        schema["components"]["schemas"]
    )
    assert call("GET", "/docs").status == 200


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/models"), ("POST", "/v1/chat/completions")])
def test_a_fault_of_the_platform_itself_is_500_with_a_request_id(call, monkeypatch, method, path):
    def fail(_):
        raise ZeroDivisionError("a secret of the server")

    monkeypatch.setattr(State, "now", fail)
    answer = call(method, path, {"model": "auto", "messages": [{"role": "user", "content": "hello"}]})
    assert answer.status == 500
    assert answer.detail == "The local platform failed: ZeroDivisionError."
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize("text", ["hello", "hello" * 300_000])
def test_a_chat_is_answered_alike_however_its_body_comes(call, organisation, text):
    body = json.dumps({"model": "contract-kie-1", "messages": [{"role": "user", "content": text}]}).encode()
    ways = [
        (body, "application/json"),
        (body, "application/json; charset=utf-8"),
        (iter([body[:9], body[9:]]), "application/json"),
    ]
    answers = [call("POST", "/v1/chat/completions", sent, {"Content-Type": kind}) for sent, kind in ways]
    assert [answer.status for answer in answers] == [200] * 3
    assert answers[0].json()["choices"] == answers[1].json()["choices"] == answers[2].json()["choices"]
    assert len({debit.prompt_tokens for debit in organisation.ledger()}) == 1
    assert len(organisation.ledger()) == 3


def test_a_chat_that_breaks_off_is_not_billed(call, organisation):
    connection = call.connect()
    connection.putrequest("POST", "/v1/chat/completions")
    for name, value in {
        "Authorization": f"Bearer {call.api_key}",
        "Content-Type": "application/json",
        "Content-Length": "1000",
    }.items():
        connection.putheader(name, value)
    connection.endheaders(b'{"model": "auto", ')
    connection.close()
    assert call.chat().status == 200
    assert len(organisation.ledger()) == 1
