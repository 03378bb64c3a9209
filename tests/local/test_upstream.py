"""Inference through a model server. Where it has to be one that works, another local platform is it."""

from __future__ import annotations

import http.client
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest

from pareta_openai.local import LocalPlatform, Upstream, faults, tool_call
from pareta_openai.local.platform import DEFAULT_API_KEY
from tests.support import Answer, json_answer

ENDPOINT = "ep_contract_key_fields_1"
ALIAS = "contract-kie-1"
KEY = "upstream-key-0123456789"


@pytest.fixture(scope="module")
def model_server():
    """A platform whose endpoints are the models."""
    with LocalPlatform() as platform:
        yield platform


@pytest.fixture(scope="module")
def model(model_server):
    """The organisation that the upstream's calls are made by, with one model."""
    return model_server.create_organisation(endpoints=("contract-key-fields",))


@pytest.fixture(autouse=True)
def unscripted(model):
    yield
    model.clear_replies()
    model.clear_faults()
    model.set_balance(5_000_000)


@pytest.fixture(scope="module")
def platform(model_server, model):
    upstream = Upstream(model_server.base_url, models={ALIAS: ENDPOINT, "auto": "auto"}, api_key=model.api_key)
    with LocalPlatform(upstream=upstream) as platform:
        yield platform


@contextmanager
def called_through(caller, upstream):
    """A call through a platform of its own."""
    with LocalPlatform(upstream=upstream) as platform:
        yield caller(platform.base_url, DEFAULT_API_KEY)


@contextmanager
def answering(said):
    """The URL of a server that says this to one request, byte by byte, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as threads:

        def speak():
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(said)

        told = threads.submit(speak)
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        told.result()


def chunks(answer):
    *frames, done, rest = answer.body.decode().split("\n\n")
    assert (done, rest) == ("data: [DONE]", "")
    return [json.loads(frame.removeprefix("data: ")) for frame in frames]


def test_the_upstreams_answer_goes_on_under_the_endpoints_name(call, model, organisation):
    model.reply("from upstream")
    answer = call.chat(model=ENDPOINT)
    completion = answer.json()
    assert completion["choices"][0]["message"]["content"] == "from upstream"
    assert completion["model"] == ENDPOINT
    assert answer.headers["X-Pareta-Billed"] == str(organisation.spent_micro_usd)


@pytest.mark.parametrize("include_usage", [True, False])
def test_a_stream_goes_on_chunk_by_chunk_under_the_endpoints_name(call, model, organisation, include_usage):
    model.reply(["from ", "upstream 🙂"])
    options = {"stream_options": {"include_usage": True}} if include_usage else {}
    answer = call.chat(model=ENDPOINT, stream=True, **options)
    pieces = chunks(answer)
    assert {piece["model"] for piece in pieces} == {ENDPOINT}
    said = [piece["choices"][0]["delta"].get("content") for piece in pieces if piece["choices"]]
    assert said == ["", "from ", "upstream 🙂", ""]
    assert [set(piece) >= {"usage"} for piece in pieces] == [False] * 4 + [True] * include_usage
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["X-Pareta-Billed"] == str(organisation.spent_micro_usd)


def test_tool_calls_and_logprobs_go_on(call, model):
    model.reply([tool_call("f", {"x": 1}), tool_call("g")], times=2)
    [plain] = call.chat(model=ENDPOINT).json()["choices"]
    assert [called["function"]["name"] for called in plain["message"]["tool_calls"]] == ["f", "g"]
    deltas = [piece["choices"][0]["delta"] for piece in chunks(call.chat(model=ENDPOINT, stream=True))]
    names = [delta["tool_calls"][0]["function"].get("name") for delta in deltas if "tool_calls" in delta]
    assert [name for name in names if name] == ["f", "g"]
    model.clear_replies()
    [choice] = call.chat(model=ENDPOINT, logprobs=True, max_tokens=1).json()["choices"]
    assert len(choice["logprobs"]["content"]) == 1


@pytest.mark.parametrize("stream", [False, True])
def test_the_ledger_and_the_metrics_have_the_upstreams_tokens(call, model, organisation, stream):
    model.reply("12345678")
    call.chat("four", model=ENDPOINT, stream=stream)
    [theirs], [ours] = model.ledger()[-1:], organisation.ledger()
    assert (ours.prompt_tokens, ours.completion_tokens) == (theirs.prompt_tokens, 2)
    activity = call("GET", f"/v1/endpoints/{ENDPOINT}/activity").json()
    assert (activity["requests"], activity["completion_tokens"]) == (1, 2)


def test_what_the_request_says_reaches_the_upstream(caller, script):
    with called_through(caller, Upstream(script.base_url, models={ALIAS: "Qwen/Qwen3-8B"}, api_key=KEY)) as call:
        fields = {"top_k": 5, "guided_json": {"type": "object"}, "temperature": 0.5, "seed": None}
        call.chat("Åse 🙂", model="ep_contract_kie", key="once", **fields)
        system = call("GET", "/v1/endpoints/ep_contract_kie").json()["recommendedSystemPrompt"]
        [received] = script.received
        assert received.path == "/v1/chat/completions"
        assert received.headers["authorization"] == f"Bearer {KEY}"
        assert received.headers["idempotency-key"] == "once"
        assert received.json == {
            "model": "Qwen/Qwen3-8B",
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": "Åse 🙂"}],
            **fields,
        }
        assert call.api_key.encode() not in received.raw


def test_a_system_message_of_the_requests_own_stays_alone(caller, script):
    with called_through(caller, Upstream(script.base_url)) as call:
        messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}]
        call("POST", "/v1/chat/completions", {"model": "ep_contract_kie", "messages": messages})
        assert script.received[0].json["messages"] == messages


@pytest.mark.parametrize(
    ("models", "asked", "sent"),
    [
        ({}, "ep_contract_kie", ALIAS),
        ({ALIAS: "a"}, "ep_contract_kie", "a"),
        ({ALIAS: "a"}, ALIAS, "a"),
        ({ALIAS: "a", "*": "b"}, "ep_invoice_kie", "b"),
        ({"*": "b"}, "auto", "b"),
    ],
)
def test_an_alias_becomes_the_upstreams_model(caller, script, models, asked, sent):
    with called_through(caller, Upstream(script.base_url, models=models)) as call:
        assert call.chat(model=asked).json()["model"] in (asked, "ep_contract_kie")
        assert script.received[0].json["model"] == sent
        assert "authorization" not in script.received[0].headers


@pytest.mark.parametrize("ending", ["", "/", "/v1", "/v1/"])
def test_the_upstreams_url_may_end_in_v1_or_not(caller, script, ending):
    with called_through(caller, Upstream(script.base_url + ending)) as call:
        assert call.chat().status == 200
        assert script.received[0].path == "/v1/chat/completions"


def test_tokens_are_counted_where_the_upstream_tells_none(caller, script):
    events = [
        {"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]},
        {"choices": [{"index": 0, "delta": {"content": "1234"}}]},
        {"choices": [{"index": 0, "delta": {"content": "5"}}, {"index": 1, "delta": {"content": "1"}}]},
    ]
    body = b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events) + b"data: [DONE]\n\n"
    with LocalPlatform(upstream=Upstream(script.base_url)) as platform:
        organisation = platform.create_organisation()
        call = caller(platform.base_url, organisation.api_key)
        call.chat("four", model="auto")
        script.answer(Answer(200, body, {"content-type": "text/event-stream"}))
        call.chat("four", model="auto", stream=True)
        # "Hello" is the plain answer.
        tokens = [(debit.prompt_tokens, debit.completion_tokens) for debit in organisation.ledger()]
        assert tokens == [(1, 2), (1, 3)]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_a_refusal_goes_on_as_it_is_and_is_not_billed(call, model, organisation, status, stream):
    error = {"error": {"message": "no such thing", "type": "NotFoundError", "code": status}}
    model.add_fault(faults.status(status, error, retry_after=3), on="createChatCompletion")
    answer = call.chat(model=ENDPOINT, stream=stream)
    assert (answer.status, answer.json(), answer.headers["Retry-After"]) == (status, error, "3")
    assert organisation.ledger() == []


def test_a_refusal_that_quotes_the_upstreams_key_does_so_without_it(caller, script):
    script.answer(json_answer({"error": {"message": f"Incorrect API key: {KEY}"}}, 401))
    with called_through(caller, Upstream(script.base_url, api_key=KEY)) as call:
        answer = call.chat()
    assert answer.status == 401
    assert KEY.encode() not in answer.body
    assert answer.json() == {"error": {"message": "Incorrect API key: …"}}


def test_a_page_in_place_of_an_answer_goes_on_and_is_not_billed(call, model, organisation):
    model.add_fault(faults.html(200), on="createChatCompletion")
    answer = call.chat(model=ENDPOINT)
    assert answer.headers["content-type"] == "text/html"
    assert b"<html>" in answer.body
    assert organisation.ledger() == []


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("how", "raised"), [("fin", http.client.RemoteDisconnected), ("rst", ConnectionResetError)])
def test_a_drop_before_the_answer_is_a_drop(call, model, organisation, how, raised, stream):
    model.add_fault(faults.drop(how=how), on="createChatCompletion")
    with pytest.raises(raised):
        call.chat(model=ENDPOINT, stream=stream)
    assert organisation.ledger() == []
    assert call("GET", f"/v1/endpoints/{ENDPOINT}/uptime").json()["answered"] == 0


@pytest.mark.parametrize(("how", "raised"), [("fin", http.client.IncompleteRead), ("rst", ConnectionResetError)])
def test_a_drop_within_a_stream_is_a_drop_after_the_same_chunks(call, model, organisation, how, raised):
    model.add_fault(faults.drop(after_events=3, how=how), on="createChatCompletion")
    connection, response = call.open("POST", "/v1/chat/completions", body(stream=True))
    with closing(connection):
        received, error = read(response)
    assert isinstance(error, raised)
    assert received.count(b"data: ") == 3
    [debit] = organisation.ledger()
    assert debit.completion_tokens == 2


def read(response):
    """The bytes up to where it broke off, and what broke it."""
    received = b""
    try:
        while piece := response.read1():
            received += piece
    except (http.client.HTTPException, OSError) as error:
        return received, error
    return received, None


def body(**fields):
    return {"model": ENDPOINT, "messages": [{"role": "user", "content": "hello"}], **fields}


def test_an_error_event_and_a_missing_end_go_on(call, model):
    model.add_fault(faults.error_event(after_events=1), on="createChatCompletion")
    model.add_fault(faults.end_without_done(after_events=2), on="createChatCompletion")
    failed = call.chat(model=ENDPOINT, stream=True).body
    assert b'{"error": {"message": "The model server failed."' in failed
    assert failed.endswith(b"data: [DONE]\n\n")
    ended = call.chat(model=ENDPOINT, stream=True).body
    assert ended.count(b"data: ") == 2
    assert b"[DONE]" not in ended


def test_chunks_go_on_before_the_last_one_is_there(call, model):
    model.add_fault(faults.stall(after_events=2), on="createChatCompletion")
    connection, response = call.open("POST", "/v1/chat/completions", body(stream=True))
    received = b""
    with closing(connection):
        while received.count(b"\n\n") < 2:
            received += response.read1()
    assert received.count(b"data: ") == 2


def test_a_client_that_leaves_takes_the_upstreams_request_with_it(caller):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(30)
        upstream = Upstream(f"http://127.0.0.1:{listening.getsockname()[1]}")
        with called_through(caller, upstream) as call:
            connection = call.connect()
            headers = {"Authorization": f"Bearer {call.api_key}", "Content-Type": "application/json"}
            connection.request("POST", "/v1/chat/completions", json.dumps({**body(), "model": "auto"}), headers)
            asked, _ = listening.accept()
            with asked:
                asked.settimeout(30)
                received = b""
                while b"hello" not in received:
                    received += asked.recv(65536)
                connection.close()
                assert asked.recv(1) == b""
            assert call("GET", "/_local/organisation").json()["spent_micro_usd"] == 0


def test_a_server_that_is_not_there_is_503_and_says_where_it_should_be(caller):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with called_through(caller, Upstream(f"http://127.0.0.1:{port}", api_key=KEY)) as call:
            answer = call.chat()
            uptime = call("GET", "/v1/endpoints/ep_contract_kie/uptime").json()
    assert answer.status == 503
    assert f"127.0.0.1:{port}" in answer.detail
    assert int(answer.headers["Retry-After"]) >= 1
    assert KEY not in answer.detail
    assert uptime["availability"] == 0


def test_a_server_that_was_away_is_asked_again_over_a_new_connection(caller):
    with LocalPlatform() as model, called_through(caller, Upstream(model.base_url, api_key=model.api_key)) as call:
        answered = [call.chat().status]
        with model.unreachable():
            answered.append(call.chat().status)
        answered.append(call.chat().status)
    assert answered == [200, 503, 200]


def test_calls_one_after_the_other_share_a_connection_and_those_at_once_do_not(caller, model_server, model):
    with called_through(caller, Upstream(model_server.base_url, api_key=model.api_key)) as call:
        connections = model_server._server._state.connections
        before = set(connections)
        for _ in range(3):
            assert call.chat().status == 200
        assert len(connections - before) == 1
        model.add_fault(faults.latency(before_headers=0.2), times=4)
        with ThreadPoolExecutor(4) as threads:
            assert {answer.status for answer in threads.map(lambda _: call.chat(), range(4))} == {200}
        assert len(connections - before) == 4


@pytest.mark.parametrize("head", [b"SSH-2.0-OpenSSH_9.6\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"])
def test_a_server_that_speaks_no_http_is_a_drop(caller, head):
    dropped = pytest.raises(http.client.RemoteDisconnected)
    with answering(head) as url, called_through(caller, Upstream(url)) as call, dropped:
        call.chat()


def test_interim_answers_are_passed_over(caller):
    body = b'{"choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}]}'
    head = b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    head += b"Content-Length: %d\r\n\r\n" % len(body)
    with answering(head + body) as url, called_through(caller, Upstream(url)) as call:
        assert call.chat().json()["choices"][0]["message"]["content"] == "Hello"


def test_balance_and_cold_endpoints_count_before_the_upstream_is_asked(call, model, organisation):
    asked = len(model.ledger())
    call("POST", f"/v1/endpoints/{ENDPOINT}/stop")
    assert call.chat(model=ENDPOINT).status == 503
    call("POST", f"/v1/endpoints/{ENDPOINT}/start")
    organisation.set_balance(0)
    assert call.chat(model=ENDPOINT).status == 402
    assert len(model.ledger()) == asked


def test_faults_are_met_before_the_upstream_is_asked_and_on_its_answers(call, model, organisation):
    model.reply("from upstream", times=2)
    organisation.add_fault(faults.status(418))
    organisation.add_fault(faults.truncated_json())
    assert call.chat(model=ENDPOINT).status == 418
    assert call.chat(model=ENDPOINT).body.startswith(b'{"id"')
    organisation.reply(faults.drop(after_events=2))
    connection, response = call.open("POST", "/v1/chat/completions", body(stream=True))
    with closing(connection):
        received, error = read(response)
    assert isinstance(error, http.client.IncompleteRead)
    assert b"from" in received
    model.assert_replies_used()


def test_a_script_is_asked_before_the_upstream(call, model, organisation):
    asked = len(model.ledger())
    organisation.reply("from the script")
    assert call.chat(model=ENDPOINT).json()["choices"][0]["message"]["content"] == "from the script"
    assert len(model.ledger()) == asked


def test_a_repeated_idempotency_key_is_answered_again_and_billed_once(call, organisation):
    for _ in range(2):
        assert call.chat(model=ENDPOINT, key="again").status == 200
        assert call.chat(model=ENDPOINT, key="streamed", stream=True).status == 200
    assert len(organisation.ledger()) == 2


def test_models_say_that_they_are_by_way_of_an_upstream(call, model_server):
    [listed] = call("GET", "/v1/models").json()["data"]
    assert listed["owned_by"] == f"pareta (local, by way of {model_server.base_url.removeprefix('http://')})"


@pytest.mark.parametrize("url", ["", "nowhere", "ftp://example.com", "http://", "http://user:pass@example.com"])
def test_a_url_that_is_none_is_refused(url):
    with pytest.raises(ValueError, match="pstream"):
        Upstream(url)


@pytest.mark.parametrize("key", ["", "a\nb", "schlüssel"])
def test_a_key_that_no_header_can_hold_is_refused_and_not_shown(key):
    with pytest.raises(ValueError, match="key") as caught:
        Upstream("http://127.0.0.1", api_key=key)
    assert not key or key not in str(caught.value)


def test_an_upstreams_key_is_not_shown():
    assert KEY not in repr(Upstream("http://127.0.0.1", api_key=KEY))
