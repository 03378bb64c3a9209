"""The platform told to misbehave, as its clients see it."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from email.utils import formatdate
from itertools import count, pairwise
from urllib.parse import urlsplit

import openai
import pytest

from pareta_openai.local import LocalPlatform, faults
from pareta_openai.local.errors import NotAcceptable
from pareta_openai.local.operations import find_operation, operations

ENDPOINT = "ep_contract_key_fields_1"
CHAT = "createChatCompletion"
MESSAGES = [{"role": "user", "content": "hello"}]
STAGES = ["provisioning-gpu", "pulling-weights", "pulling-weights", "pulling-weights", "warming-up"]


@pytest.fixture
def arm(organisation):
    return organisation.add_fault


@pytest.fixture
def raw(call):
    """What a client reads of an answer to a chat completion or to `path`, byte by byte, and how it ended."""

    def raw(path="/v1/chat/completions", body=None, timeout=5, **fields):
        if body is None:
            body = json.dumps({"model": ENDPOINT, "messages": MESSAGES, **fields}).encode()
        host = urlsplit(call.base_url)
        head = f"POST {path} HTTP/1.1\r\nHost: {host.netloc}\r\nAuthorization: Bearer {call.api_key}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        received = b""
        with socket.create_connection((host.hostname, host.port), timeout=timeout) as connection:
            connection.sendall(head.encode() + body)
            try:
                while piece := connection.recv(65536):
                    received += piece
            except ConnectionResetError:
                return received, "rst"
            except TimeoutError:
                return received, "open"
        return received, "fin"

    return raw


@pytest.fixture
def plain_openai(call):
    """OpenAI's own client, with its two retries."""
    with openai.OpenAI(base_url=f"{call.base_url}/v1", api_key=call.api_key) as client:
        yield client


@pytest.fixture
def chat(plain_openai):
    """A chat completion with its idempotency key, as OpenAI's own client retries it."""
    numbers = count()

    def chat(**fields):
        headers = {"Idempotency-Key": f"call-{next(numbers)}", **fields.pop("extra_headers", {})}
        return plain_openai.chat.completions.create(model=ENDPOINT, messages=MESSAGES, extra_headers=headers, **fields)

    return chat


@pytest.fixture
def no_waiting(monkeypatch):
    monkeypatch.setattr(openai.OpenAI, "_calculate_retry_timeout", lambda *_: 0.0)


def events(received):
    """The data of the chunks that came, and whether the body came to its end."""
    body = received.partition(b"\r\n\r\n")[2]
    data, ended = b"", False
    while body and not ended:
        size, _, rest = body.partition(b"\r\n")
        data, body, ended = data + rest[: int(size, 16)], rest[int(size, 16) + 2 :], int(size, 16) == 0
    return [event for event in data.decode().split("\n\n") if event], ended


def content(event):
    return json.loads(event.removeprefix("data: "))["choices"][0]["delta"]["content"]


# Answers in place of the platform's


def test_a_status_is_answered_and_nothing_is_carried_out(call, organisation, arm):
    arm(faults.status(503), on=CHAT)
    answer = call.chat(model=ENDPOINT)
    assert (answer.status, answer.detail) == (503, "A fault was armed: status 503.")
    assert answer.headers["x-request-id"]
    assert organisation.ledger() == []
    assert call.chat(model=ENDPOINT).status == 200


@pytest.mark.parametrize(
    ("body", "kind", "sent"),
    [
        ({"error": {"message": "é"}}, "application/json", '{"error": {"message": "é"}}'.encode()),
        ([1], "application/json", b"[1]"),
        ("words", "text/plain; charset=utf-8", b"words"),
        (b"\xff\x00", "text/plain; charset=utf-8", b"\xff\x00"),
        ("", "text/plain; charset=utf-8", b""),
    ],
)
def test_a_status_can_have_any_body(call, arm, body, kind, sent):
    arm(faults.status(418, body))
    answer = call("GET", "/v1/models")
    assert (answer.status, answer.headers["content-type"], answer.body) == (418, kind, sent)


def test_a_status_can_have_headers(call, arm):
    arm(faults.status(429, b"<x/>", retry_after=0.25, headers={"Content-Type": "text/xml", "X-Kind": "quota"}))
    answer = call("GET", "/v1/models")
    assert answer.headers["Retry-After"] == "0.25"
    assert answer.headers["X-Kind"] == "quota"
    assert answer.headers.get_all("Content-Type") == ["text/xml"]


@pytest.mark.parametrize(("retry_after", "sent"), [(7, "7"), (1.5, "1.5"), ("soon", "soon")])
def test_retry_after_is_sent_as_it_was_said(call, arm, retry_after, sent):
    arm(faults.status(429, retry_after=retry_after))
    assert call("GET", "/v1/models").headers["Retry-After"] == sent


def test_retry_after_can_be_a_date(chat, organisation, arm):
    arm(faults.status(429, retry_after=formatdate(time.time() + 2, usegmt=True)), on=CHAT)
    began = time.monotonic()
    assert chat().choices
    assert 0.9 < time.monotonic() - began < 5
    assert organisation.faults == []


@pytest.mark.parametrize("code", [204, 304])
def test_a_status_that_has_no_body_has_none(call, arm, code):
    arm(faults.status(code, "words"), times=2)
    connection = call.connect()
    for _ in range(2):
        connection.request("GET", "/v1/models", headers={"Authorization": f"Bearer {call.api_key}"})
        response = connection.getresponse()
        assert (response.status, response.read()) == (code, b"")
    connection.close()


@pytest.mark.parametrize("code", [200, 502])
def test_a_proxys_page_is_answered(call, arm, code):
    arm(faults.html(code), on=CHAT)
    answer = call.chat(model=ENDPOINT, stream=True)
    assert (answer.status, answer.headers["content-type"]) == (code, "text/html")
    assert answer.body.startswith(b"<html>")


def test_an_answer_can_be_empty(call, arm):
    arm(faults.empty())
    answer = call.chat(model=ENDPOINT)
    assert (answer.status, answer.headers["content-type"], answer.body) == (200, "application/json", b"")
    assert answer.headers["content-length"] == "0"


def test_json_can_stop_in_the_middle_of_a_whole_answer(call, organisation, arm):
    arm(faults.truncated_json(), on=CHAT)
    answer = call.chat(model=ENDPOINT)
    assert answer.status == 200
    assert int(answer.headers["content-length"]) == len(answer.body) > 0
    assert answer.body.startswith(b'{"id"')
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert len(organisation.ledger()) == 1


def test_the_connection_goes_on_after_an_answer_in_place_of_the_platforms(call, arm):
    arm(faults.status(500), on=CHAT)
    connection = call.connect()
    body = json.dumps({"model": ENDPOINT, "messages": MESSAGES, "padding": "x" * (1 << 20)})
    for status in (500, 200):
        headers = {"Authorization": f"Bearer {call.api_key}", "Content-Type": "application/json"}
        connection.request("POST", "/v1/chat/completions", body, headers)
        response = connection.getresponse()
        response.read()
        assert response.status == status
    connection.close()


# Latency


def test_an_answer_can_be_late(call, organisation, arm):
    arm(faults.latency(before_headers=0.3))
    with closing(call.connect()) as connection:
        body = json.dumps({"model": ENDPOINT, "messages": MESSAGES})
        headers = {"Authorization": f"Bearer {call.api_key}", "Content-Type": "application/json"}
        began = time.monotonic()
        connection.request("POST", "/v1/chat/completions", body, headers)
        while not organisation.ledger():
            assert time.monotonic() - began < 0.3
        response = connection.getresponse()
        assert 0.25 < time.monotonic() - began < 2
        assert json.loads(response.read())["choices"]


def test_a_stream_can_be_slow(call, arm):
    arm(faults.latency(before_first_token=0.4, between_tokens=0.1), on=CHAT)
    body = {"model": ENDPOINT, "messages": MESSAGES, "stream": True, "max_tokens": 2}
    began = time.monotonic()
    connection, response = call.open("POST", "/v1/chat/completions", body)
    with closing(connection):
        at = [time.monotonic() - began]
        for line in response:
            if line.startswith(b"data: "):
                at.append(time.monotonic() - began)
    assert at[0] < 0.3
    assert at[1] > 0.35
    assert len(at) == 1 + 5
    assert all(later - earlier > 0.08 for earlier, later in pairwise(at[1:]))


@pytest.mark.usefixtures("no_waiting")
def test_a_client_that_waits_too_short_is_answered_again_and_billed_once(chat, organisation, arm):
    arm(faults.latency(before_headers=30), on=CHAT)
    assert chat(timeout=0.3).choices
    assert len(organisation.ledger()) == 1


# Connections that end


@pytest.mark.parametrize("how", ["fin", "rst"])
def test_a_connection_can_end_before_the_request_is_carried_out(raw, organisation, arm, how):
    arm(faults.drop(how=how), on=CHAT)
    assert raw() == (b"", how)
    assert organisation.ledger() == []


def test_a_drop_before_the_head_can_be_said_in_full(raw, arm):
    arm(faults.drop(before_headers=True))
    assert raw() == (b"", "fin")


def test_a_large_request_is_read_before_its_connection_ends(raw, arm):
    """Otherwise it would be reset where it is to be closed."""
    arm(faults.drop())
    assert raw(padding="x" * (8 << 20)) == (b"", "fin")


@pytest.mark.parametrize("how", ["fin", "rst"])
@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_stream_can_end_after_some_events_that_are_delivered(raw, organisation, arm, how, after):
    arm(faults.drop(after_events=after, how=how), on=CHAT)
    received, ending = raw(stream=True)
    assert ending == how
    assert received.startswith(b"HTTP/1.1 200 ")
    came, ended = events(received)
    assert [content(event) for event in came] == ["", "[con", "trac"][:after]
    assert not ended
    assert len(organisation.ledger()) == 1


def test_a_reset_delivers_what_a_slow_reader_has_not_read_yet(call, arm):
    arm(faults.drop(after_events=3, how="rst"), on=CHAT)
    connection, response = call.open(
        "POST", "/v1/chat/completions", {"model": ENDPOINT, "messages": MESSAGES, "stream": True}
    )
    with closing(connection):
        lines = [response.readline(), response.readline()]
        with pytest.raises(ConnectionResetError):
            lines.extend(iter(response.readline, b""))
    assert len([line for line in lines if line.startswith(b"data: ")]) == 3


@pytest.mark.parametrize("how", ["fin", "rst"])
def test_a_slow_reader_gets_all_of_a_large_answer_before_it_ends(call, arm, how):
    """More than the sockets' buffers hold."""
    arm(faults.drop(after_bytes=20 << 20, how=how), on=CHAT)
    schema = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"const": "x" * (24 << 20)}}}
    body = {"model": ENDPOINT, "messages": MESSAGES, "response_format": schema}
    connection, response = call.open("POST", "/v1/chat/completions", body)
    with closing(connection):
        time.sleep(0.2)
        assert len(response.read(20 << 20)) == 20 << 20
        with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
            response.read()


@pytest.mark.parametrize("how", ["fin", "rst"])
def test_an_answer_that_is_still_on_its_way_arrives_before_the_connection_ends(call, arm, how):
    """The client's system takes a little of it, and the platform's keeps the rest for now."""
    arm(faults.drop(after_bytes=1 << 20, how=how), on=CHAT)
    schema = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"const": "x" * (2 << 20)}}}
    connection = call.connect()
    host = urlsplit(call.base_url)
    with closing(connection):
        connection.sock = socket.socket()
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sock.settimeout(10)
        connection.sock.connect((host.hostname, host.port))
        body = json.dumps({"model": ENDPOINT, "messages": MESSAGES, "response_format": schema})
        headers = {"Authorization": f"Bearer {call.api_key}", "Content-Type": "application/json"}
        connection.request("POST", "/v1/chat/completions", body, headers)
        response = connection.getresponse()
        time.sleep(0.3)
        assert len(response.read(1 << 20)) == 1 << 20


def test_a_stream_with_fewer_events_ends_in_place_of_its_close(raw, arm):
    arm(faults.drop(after_events=1000))
    came, ended = events(raw(stream=True, max_tokens=1)[0])
    assert [content(event) for event in came] == ["", "[con", ""]
    assert not ended


@pytest.mark.parametrize("how", ["fin", "rst"])
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("after", [0, 17])
def test_an_answer_can_end_after_some_bytes(raw, arm, how, stream, after):
    arm(faults.drop(after_bytes=after, how=how))
    received, ending = raw(stream=stream)
    assert ending == how
    head, _, body = received.partition(b"\r\n\r\n")
    if stream:
        assert body == (b'11\r\ndata: {"id":"chat\r\n' if after else b"")
    else:
        assert len(body) == after
        assert b'{"id":"chatcmpl-'.startswith(body[:16])
        assert int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]) > 100


def test_an_answer_with_fewer_bytes_comes_whole(call, arm):
    arm(faults.drop(after_bytes=1 << 20))
    assert call("GET", "/v1/models").json()["object"] == "list"


def test_a_plain_client_sees_an_incomplete_body(call, arm):
    arm(faults.drop(after_bytes=5), times=None)
    with pytest.raises(http.client.IncompleteRead):
        call.chat(model=ENDPOINT)
    with pytest.raises(http.client.IncompleteRead):
        call.chat(model=ENDPOINT, stream=True)


@pytest.mark.parametrize("how", ["fin", "rst"])
def test_a_deploy_can_end_at_a_stage(raw, organisation, arm, how):
    arm(faults.drop(at_event="pulling-weights", how=how))
    received, ending = raw("/v1/endpoints", b'{"task": "invoice-extraction", "name": "late"}')
    assert ending == how
    came, ended = events(received)
    assert [json.loads(event.partition("data: ")[2])["stage"] for event in came] == STAGES[:2]
    assert not ended
    assert "late" in organisation.endpoints


def test_a_slow_deploy_ends_as_soon_as_its_stage_has_come(slow_platform, caller):
    organisation = slow_platform.create_organisation()
    organisation.add_fault(faults.drop(at_event="provisioning-gpu"), on="deployEndpoint")
    began = time.monotonic()
    with pytest.raises(http.client.IncompleteRead):
        caller(slow_platform.base_url, organisation.api_key).deploy()
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("how", ["fin", "rst"])
def test_an_answer_can_be_lost_that_was_booked(raw, organisation, arm, how):
    arm(faults.answer_lost(how=how), on=CHAT)
    assert raw() == (b"", how)
    assert len(organisation.ledger()) == 1


@pytest.mark.usefixtures("no_waiting")
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("how", ["fin", "rst"])
def test_a_lost_answer_is_booked_once_for_all_its_retries(chat, organisation, arm, how, stream):
    arm(faults.answer_lost(how=how), on=CHAT, times=2)
    answer = chat(stream=stream)
    assert list(answer)
    [debit] = organisation.ledger()
    assert debit.idempotency_key == "call-0"
    assert organisation.balance_micro_usd == 5_000_000 - debit.micro_usd
    assert organisation.faults == []


@pytest.mark.usefixtures("no_waiting")
def test_a_lost_answer_that_no_retry_follows_is_still_paid_for(chat, organisation, arm):
    arm(faults.answer_lost(), on=CHAT, times=3)
    with pytest.raises(openai.APIConnectionError):
        chat()
    assert len(organisation.ledger()) == 1


def test_a_lost_eval_run_is_started_once_for_all_its_retries(call, organisation, arm):
    eval_set = call.upload([{"input": "a", "expected": {"b": "c"}}]).json()["eval_set"]["id"]
    arm(faults.answer_lost(), on="createEvalRun")
    with pytest.raises(http.client.RemoteDisconnected):
        call.run(eval_set, "contract-kie-1", key="run")
    run = call.run(eval_set, "contract-kie-1", key="run").json()["run_id"]
    assert call("GET", f"/v1/eval-runs/{run}").json()["run"]["status"] == "completed"
    assert len(organisation.ledger()) == 1


def test_a_lost_deploy_is_the_same_endpoint_when_it_is_asked_for_again(call, organisation, arm):
    arm(faults.answer_lost(), on="deployEndpoint")
    with pytest.raises(http.client.RemoteDisconnected):
        call.deploy("invoice-extraction", key="deploy")
    name, data = call.deploy("invoice-extraction", key="deploy").events()[-1]
    assert (name, data["endpoint"]["id"]) == ("complete", "ep_invoice_extraction_1")
    assert organisation.endpoints == [ENDPOINT, "ep_invoice_extraction_1"]


# Streams that go wrong


@pytest.mark.parametrize(("after", "expected"), [(None, 4), (2, 2), (0, 0), (1000, 4)])
def test_a_stream_can_end_without_done(call, arm, after, expected):
    arm(faults.end_without_done(after_events=after), on=CHAT)
    answer = call.chat(model=ENDPOINT, stream=True, max_tokens=2)
    came = answer.body.decode().split("\n\n")
    assert len(came) == expected + 1
    assert "[DONE]" not in answer.body.decode()


def test_a_deploy_can_end_without_complete(call, arm):
    arm(faults.end_without_done(), on="deployEndpoint")
    assert [data["stage"] for _, data in call.deploy("invoice-extraction").events()] == STAGES


def test_a_stream_can_have_an_error_in_it(call, arm):
    error = {"message": "CUDA is gone", "type": "InternalServerError", "code": 500}
    arm(faults.error_event(after_events=2, error=error), on=CHAT)
    *came, last, done, rest = call.chat(model=ENDPOINT, stream=True).body.decode().split("\n\n")
    assert [content(event) for event in came] == ["", "[con"]
    assert json.loads(last.removeprefix("data: ")) == {"error": error}
    assert (done, rest) == ("data: [DONE]", "")


def test_an_error_in_a_stream_is_openais(chat, arm):
    arm(faults.error_event(after_events=1), on=CHAT)
    stream = chat(stream=True)
    with pytest.raises(openai.APIError, match="The model server failed"):
        list(stream)


def test_an_error_in_a_deploy_has_a_deploys_form(call, arm):
    arm(faults.error_event(after_events=1, error={"message": "GPU pool exhausted"}))
    assert call.deploy("invoice-extraction").events() == [
        ("progress", {"stage": "provisioning-gpu", "label": "Provisioning GPU"}),
        ("error", {"message": "GPU pool exhausted"}),
    ]


def test_a_connection_goes_on_after_a_stream_that_ended_in_order(call, arm):
    arm(faults.end_without_done(after_events=1))
    arm(faults.error_event(after_events=1))
    with closing(call.connect()) as connection:
        body = json.dumps({"model": ENDPOINT, "messages": MESSAGES, "stream": True})
        headers = {"Authorization": f"Bearer {call.api_key}", "Content-Type": "application/json"}
        sizes = []
        for _ in range(3):
            connection.request("POST", "/v1/chat/completions", body, headers)
            sizes.append(len(connection.getresponse().read().split(b"\n\n")))
        assert sizes[:2] == [2, 4]
        assert sizes[2] > 10


# Stalls


@pytest.mark.parametrize(("after", "stream", "came"), [(None, False, b""), (None, True, b""), (2, True, b"HTTP")])
def test_an_answer_can_stall_until_the_client_gives_up(call, raw, organisation, arm, after, stream, came):
    arm(faults.stall(after_events=after), on=CHAT)
    received, ending = raw(stream=stream, timeout=0.5)
    assert ending == "open"
    assert received[:4] == came
    if came:
        assert [content(event) for event in events(received)[0]] == ["", "[con"]
    assert len(organisation.ledger()) == 1
    assert call.chat(model=ENDPOINT).status == 200


@pytest.mark.usefixtures("no_waiting")
def test_a_stalled_answer_is_billed_once_with_its_retries(chat, organisation, arm):
    arm(faults.stall(), on=CHAT, times=2)
    assert chat(timeout=0.3).choices
    assert len(organisation.ledger()) == 1


@pytest.mark.parametrize(
    ("fault", "stream"),
    [
        (faults.stall(), False),
        (faults.stall(), True),
        (faults.stall(after_events=1), True),
        (faults.latency(before_headers=60), False),
        (faults.latency(before_headers=60), True),
        (faults.latency(between_tokens=60), True),
    ],
)
def test_stopping_the_platform_ends_what_stalls(caller, fault, stream, caplog):
    threads = set(threading.enumerate())
    with ThreadPoolExecutor(1) as pool:
        with LocalPlatform() as platform:
            organisation = platform.create_organisation()
            organisation.add_fault(fault)
            waiting = pool.submit(caller(platform.base_url, organisation.api_key).chat, stream=stream)
            while organisation.spent_micro_usd == 0:
                time.sleep(0.01)
            began = time.monotonic()
        assert time.monotonic() - began < 0.5
        assert isinstance(waiting.exception(timeout=5), (OSError, http.client.HTTPException))
    assert set(threading.enumerate()) <= threads
    assert caplog.records == []


def test_no_fault_leaves_a_word_in_the_log(raw, arm, caplog):
    for how in ("fin", "rst"):
        for fault in (
            faults.drop(how=how),
            faults.answer_lost(how=how),
            faults.drop(after_events=1, how=how),
            faults.drop(after_bytes=1, how=how),
        ):
            arm(fault, on=CHAT)
            raw(stream=True)
    assert caplog.records == []


# Which requests meet them


def test_faults_are_met_in_order_and_as_often_as_was_said(call, organisation, arm):
    arm(faults.status(500), times=2)
    arm(faults.status(501), on="listTasks")
    arm(faults.status(502), on=CHAT)
    statuses = [call("GET", path).status for path in ("/v1/models", "/v1/tasks", "/v1/tasks", "/v1/tasks")]
    assert statuses == [500, 500, 501, 200]
    [left] = organisation.faults
    assert (left.on, left.times, left.fault) == (CHAT, 1, faults.status(502))


def test_a_fault_can_be_for_every_request_until_it_is_cleared(call, organisation, arm):
    arm(faults.status(500), times=None)
    assert {call("GET", "/v1/models").status for _ in range(5)} == {500}
    organisation.clear_faults()
    assert call("GET", "/v1/models").status == 200
    assert organisation.faults == []


def test_a_fault_is_one_organisations(platform, caller, call, arm):
    arm(faults.status(500))
    neighbour = platform.create_organisation()
    assert caller(platform.base_url, neighbour.api_key)("GET", "/v1/models").status == 200
    assert call("GET", "/v1/models").status == 500


@pytest.mark.parametrize("key", [None, "pareta_sk_wrong"])
def test_a_request_without_a_known_key_meets_no_fault(platform, caller, organisation, arm, key):
    arm(faults.status(500))
    stranger = caller(platform.base_url, key)
    assert stranger("GET", "/v1/models").status == 401
    assert stranger("GET", "/v1/models", headers=faults.header(faults.status(500))).status == 401
    assert stranger("POST", "/_local/faults", {"fault": "empty"}).status == 401
    assert len(organisation.faults) == 1


def test_what_is_no_operation_meets_no_fault(call, organisation, arm):
    arm(faults.status(500))
    assert call("GET", "/v1/nowhere").status == 404
    assert call("DELETE", "/v1/models").status == 405
    assert call("GET", "/_local/organisation").status == 200
    assert call("GET", "/docs").status == 200
    assert len(organisation.faults) == 1


def test_a_fault_of_streams_waits_for_one(call, organisation, arm):
    arm(faults.end_without_done(), on=CHAT)
    arm(faults.truncated_json())
    assert b"[DONE]" not in call.chat(model=ENDPOINT, stream=True).body
    assert call.chat(model=ENDPOINT, stream=True).body.endswith(b"[DONE]\n\n")
    assert len(organisation.faults) == 1
    arm(faults.end_without_done())
    with pytest.raises(json.JSONDecodeError):
        call.chat(model=ENDPOINT).json()
    assert call.chat(model=ENDPOINT).status == 200
    assert len(organisation.faults) == 1
    assert call.deploy("invoice-extraction").events()[-1][0] == "progress"


def test_a_stream_that_is_refused_has_nothing_to_break(call, organisation, arm):
    arm(faults.drop(after_events=0))
    arm(faults.latency(between_tokens=9))
    organisation.set_balance(0)
    assert [call.chat(model=ENDPOINT, stream=True).status for _ in range(2)] == [402, 402]
    assert organisation.faults == []


def test_a_malformed_body_is_still_refused_while_faults_wait(call, arm):
    arm(faults.drop(after_events=0))
    for body in (b"", b"{", b"[]", b'{"stream": 5}', b"[" * 100_000):
        assert call("POST", "/v1/chat/completions", body).status in (400, 422)


def test_a_body_that_is_too_large_is_413_whatever_is_armed(call, organisation, arm):
    arm(faults.drop(after_events=0))
    arm(faults.truncated_json(), on="listTasks", times=None)
    assert call("POST", "/v1/chat/completions", headers={"Content-Length": str(65 << 20)}).status == 413
    answer = call("POST", "/v1/chat/completions", (b" " * (1 << 20) for _ in range(65)))
    assert answer.status == 413
    assert "64 MiB" in answer.detail
    assert len(organisation.faults) == 2


def test_a_fault_is_counted_once_under_many_threads(call, organisation, arm):
    arm(faults.status(500), times=20)
    with ThreadPoolExecutor(32) as threads:
        statuses = list(threads.map(lambda _: call("GET", "/v1/models").status, range(64)))
    assert statuses.count(500) == 20
    assert organisation.faults == []


def test_every_operation_of_the_contract_can_meet_a_fault(call, organisation, arm):
    for operation in operations().values():
        if operation.id == "uploadBlob":
            continue
        arm(faults.status(599), on=operation.id)
        path = "/" + operation.path.pattern.replace("\\", "").replace("[^/]+", "x").lstrip("/")
        assert find_operation(operation.method, path) == operation
        assert call(operation.method, path).status == 599
    assert organisation.faults == []


def test_every_operation_that_streams_is_known():
    assert {operation.id for operation in operations().values() if operation.streams} == {CHAT, "deployEndpoint"}


@pytest.mark.parametrize("fault", [faults.status(503), faults.drop(), faults.answer_lost()])
def test_an_upload_can_meet_a_fault(call, organisation, arm, fault):
    rows = [{"input": {"file_name": "receipt.jpg"}, "expected": {"total": "1.00"}}]
    eval_set = call.upload(rows, task="receipt-fields").json()["eval_set"]["id"]
    place = {"idx": 0, "field_name": "page", "mime": "image/jpeg"}
    asked = call("POST", f"/v1/eval-sets/{eval_set}/blob-upload-url", {**place, "file_size": 5 << 20}).json()
    url = urlsplit(asked["upload_url"])

    def put(query):
        connection = http.client.HTTPConnection(url.netloc, timeout=5)
        with closing(connection):
            headers = {"Content-Type": "image/jpeg"}
            connection.request("PUT", f"{url.path}?{query}", b"x" * (5 << 20), headers)
            return connection.getresponse().status

    arm(fault, on="uploadBlob")
    assert put(url.query + "0") == 403
    assert put("expires=never&signature=x") == 422
    assert len(organisation.faults) == 1
    try:
        assert put(url.query) == 503
    except http.client.RemoteDisconnected:
        assert fault != faults.status(503)
    done = {**place, "storage_uri": asked["storage_uri"]}
    arrived = call("POST", f"/v1/eval-sets/{eval_set}/blob-upload-complete", done).status
    assert arrived == (200 if fault == faults.answer_lost() else 400)
    assert put(url.query) == 200
    assert organisation.faults == []


def test_a_platform_that_starts_behaves(caller, tmp_path):
    with LocalPlatform(state=tmp_path / "state.sqlite") as platform:
        call = caller(platform.base_url, platform.api_key)
        assert call("POST", "/_local/faults", {"fault": "empty", "times": None}).status == 201
    with LocalPlatform(state=tmp_path / "state.sqlite") as platform:
        assert caller(platform.base_url, platform.api_key)("GET", "/_local/faults").json() == {"faults": []}


# Over HTTP


EVERY_FAULT = [
    faults.status(429, {"detail": "slow down"}, retry_after="Wed, 21 Oct 2015 07:28:00 GMT", headers={"a": "b"}),
    faults.status(500, b"\xff\xfe"),
    faults.status(500, b"text"),
    faults.html(),
    faults.empty(502),
    faults.truncated_json(),
    faults.latency(before_headers=0.1, before_first_token=1, between_tokens=0.5),
    faults.slow_reading(bytes_per_second=1000),
    faults.clock_skew(-3600),
    faults.status(429, retry_after=2, clock_skew=3600),
    faults.drop(),
    faults.drop(after_events=3, how="rst"),
    faults.drop(after_bytes=0),
    faults.drop(at_event="pulling-weights"),
    faults.answer_lost(how="rst"),
    faults.stall(after_events=0),
    faults.end_without_done(after_events=2),
    faults.error_event(error={"message": "é"}),
]


@pytest.mark.parametrize("fault", EVERY_FAULT, ids=str)
def test_every_fault_can_be_said_in_json(call, organisation, fault):
    armed = call("POST", "/_local/faults", {**fault.document, "times": 3})
    assert armed.status == 201
    [left] = organisation.faults
    assert armed.json() == {**fault.document, "on": "*", "times": 3, "number": left.number}
    assert call("GET", "/_local/faults").json() == {"faults": [armed.json()]}
    assert [one.fault.action for one in organisation.faults] == [fault.action]
    assert call("DELETE", "/_local/faults").status == 204
    assert call("GET", "/_local/faults").json() == {"faults": []}


def test_a_fault_armed_over_http_is_met(call):
    call("POST", "/_local/faults", {"fault": "status", "code": 503, "on": CHAT, "times": 2})
    call("POST", "/_local/faults", {"fault": "html", "times": None})
    assert [call.chat(model=ENDPOINT).status for _ in range(4)] == [503, 503, 502, 502]
    [left] = call("GET", "/_local/faults").json()["faults"]
    assert {**left, "number": 0} == {"fault": "html", "on": "*", "times": None, "number": 0}


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"fault": "explode"}, "answer_lost, clock_skew, drop"),
        ({"fault": "read"}, "No fault 'read'"),
        ({"fault": "status"}, "code"),
        ({"fault": "status", "code": 99}, "200"),
        ({"fault": "status", "code": 600}, "599"),
        ({"fault": "status", "code": "503"}, "integer"),
        ({"fault": "status", "code": 500, "body": 5}, "body"),
        ({"fault": "status", "code": 500, "body_base64": "é"}, "Base64"),
        ({"fault": "status", "code": 500, "body": "x", "body_base64": "eA=="}, "not both"),
        ({"fault": "status", "code": 500, "retry_after": -1}, "retry_after"),
        ({"fault": "status", "code": 500, "retry_after": "a\r\nb: c"}, "retry-after"),
        ({"fault": "status", "code": 500, "headers": {"a b": "c"}}, "'a b'"),
        ({"fault": "status", "code": 500, "headers": {"a": "b\r\nc: d"}}, "header a"),
        ({"fault": "status", "code": 500, "headers": {"Content-Length": "5"}}, "Content-Length"),
        ({"fault": "drop", "after_events": -1}, "after_events"),
        ({"fault": "drop", "after_events": True}, "after_events"),
        ({"fault": "drop", "after_events": 1, "after_bytes": 1}, "not more"),
        ({"fault": "drop", "after_seconds": 1}, "after_seconds"),
        ({"fault": "drop", "how": "slam"}, "'fin' or 'rst'"),
        ({"fault": "latency"}, "how many seconds"),
        ({"fault": "latency", "before_headers": -1}, "before_headers"),
        ({"fault": "slow_reading", "bytes_per_second": 0}, "bytes_per_second"),
        ({"fault": "slow_reading", "bytes_per_second": 1, "on": "listModels"}, "a request with a body, and listModels"),
        ({"fault": "clock_skew", "seconds": 1e12}, "seconds"),
        ({"fault": "empty", "times": None, "probability": 0}, "above 0"),
        ({"fault": "empty", "times": None, "probability": 1.5}, "above 0"),
        ({"fault": "empty", "on": "createChatCompletions"}, "'createChatCompletion'"),
        ({"fault": "empty", "times": 0}, "times"),
        ({"fault": "latency", "between_tokens": 1, "on": "listModels"}, "needs a stream, and listModels"),
        ({"fault": "stall", "after_events": 1, "on": "listModels"}, "never answered with one"),
        ({"fault": "drop", "at_event": "x", "on": CHAT}, "event of a deploy"),
        ({"fault": "truncated_json", "on": "deleteEndpoint"}, "needs an answer in JSON"),
        ({"fault": "truncated_json", "on": "deployEndpoint"}, "needs an answer in JSON"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_in_words(call, organisation, document, words):
    answer = call("POST", "/_local/faults", document)
    assert answer.status == 400
    assert words in answer.detail
    assert organisation.faults == []


def test_python_refuses_what_http_refuses(arm):
    with pytest.raises(NotAcceptable, match="less than"):
        faults.status(999)
    with pytest.raises(NotAcceptable, match="the next 1, 2"):
        arm(faults.empty(), times=0)
    with pytest.raises(NotAcceptable, match="whole number"):
        arm(faults.empty(), probability=0.5, seed="7")


def test_a_body_that_json_cannot_say_is_refused():
    with pytest.raises(NotAcceptable, match="written as JSON"):
        faults.status(500, {"when": time})


# By a request's header


def test_a_header_is_a_fault_for_its_request_alone(call, organisation, arm):
    arm(faults.status(500))
    answer = call("GET", "/v1/models", headers={"X-Pareta-Fault": '{"fault": "status", "code": 418}'})
    assert answer.status == 418
    assert len(organisation.faults) == 1


@pytest.mark.usefixtures("no_waiting")
def test_a_header_reaches_every_retry(chat, organisation):
    with pytest.raises(openai.APIConnectionError):
        chat(extra_headers=faults.header(faults.answer_lost()))
    assert len(organisation.ledger()) == 1


@pytest.mark.parametrize("fault", EVERY_FAULT, ids=str)
def test_every_fault_can_be_said_in_a_header(fault):
    assert faults.read_header(faults.header(fault)["X-Pareta-Fault"]).action == fault.action


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("", "not JSON"),
        ("drop", "not JSON"),
        ("[" * 9000, "not JSON"),
        ("[]", "JSON object"),
        ('{"fault": "drop", "times": 2}', "times"),
        ('{"fault": "drop", "at_event": "x"}', "event of a deploy"),
        ('{"fault": ["drop"]}', "No fault"),
    ],
)
def test_a_header_that_makes_no_sense_is_400(call, organisation, value, words):
    body = {"model": ENDPOINT, "messages": MESSAGES, "stream": True}
    answer = call("POST", "/v1/chat/completions", body, {"X-Pareta-Fault": value})
    assert answer.status == 400
    assert words in answer.detail
    assert organisation.ledger() == []


@pytest.mark.parametrize(("stream", "fault"), [(False, faults.drop(after_events=1)), (True, faults.truncated_json())])
def test_a_header_whose_request_cannot_meet_it_is_400(call, organisation, stream, fault):
    body = {"model": ENDPOINT, "messages": MESSAGES, "stream": stream}
    answer = call("POST", "/v1/chat/completions", body, faults.header(fault))
    assert answer.status == 400
    assert "this request" in answer.detail
    assert organisation.ledger() == []
