"""Recording what a model server says, and serving it again."""

from __future__ import annotations

import http.client
import json
import threading
from contextlib import closing, contextmanager

import pytest

from pareta_openai.local import LocalPlatform, RecordingError, Upstream, faults, tool_call
from pareta_openai.local.platform import DEFAULT_API_KEY
from pareta_openai.local.scrubbing import Scrubber
from tests.support import Answer, json_answer

KEY = "upstream-key-0123456789"
HEAD = {"format": "pareta-openai-recording", "version": 1}


@pytest.fixture(scope="module")
def model_server():
    with LocalPlatform() as platform:
        yield platform


@pytest.fixture
def model(model_server):
    return model_server.create_organisation(endpoints=("contract-key-fields", "invoice-extraction"))


@pytest.fixture
def file(tmp_path):
    return tmp_path / "recording.jsonl"


@pytest.fixture
def recording(caller, model_server, model, file):
    """Calls a platform that records what `model` says."""

    @contextmanager
    def recording(upstream=None):
        upstream = upstream or Upstream(
            model_server.base_url,
            models={"contract-kie-1": "contract-kie-1", "invoice-kie-1": "invoice-kie-1"},
            api_key=model.api_key,
        )
        with LocalPlatform(upstream=upstream, record=file) as platform:
            yield caller(platform.base_url, DEFAULT_API_KEY)

    return recording


@pytest.fixture
def replaying(caller, file):
    @contextmanager
    def replaying():
        with LocalPlatform(replay=file) as platform:
            call = caller(platform.base_url, DEFAULT_API_KEY)
            call.platform = platform
            yield call

    return replaying


def lines(file):
    head, *exchanges = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert head == HEAD
    return exchanges


def said(answer):
    """What an answer says, without what only says whose it is."""
    if answer.headers["content-type"].startswith("text/event-stream"):
        *frames, done, rest = answer.body.decode().split("\n\n")
        assert (done, rest) == ("data: [DONE]", "")
        return [json.loads(frame.removeprefix("data: ")) for frame in frames]
    return answer.json()


CALLS = {
    "plain": {},
    "stream": {"stream": True},
    "stream with usage": {"stream": True, "stream_options": {"include_usage": True}},
    "logprobs": {"logprobs": True, "top_logprobs": 2, "max_tokens": 3},
    "tools": {"tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]},
    "streamed tools": {"stream": True, "tools": [{"type": "function", "function": {"name": "f"}}]},
    "not ASCII": {"stop": "\u2028"},
}


def test_what_was_recorded_is_served_again(recording, replaying, model):
    with recording() as call:
        recorded = [said(call.chat(f"{name} 🙂", model="ep_contract_kie", **CALLS[name])) for name in CALLS]
    asked = len(model.ledger())
    with replaying() as call:
        replayed = [said(call.chat(f"{name} 🙂", model="ep_contract_kie", **CALLS[name])) for name in CALLS]
        account = call("GET", "/_local/organisation").json()
    assert replayed == recorded
    assert account["spent_micro_usd"] == len(CALLS) * 820
    assert len(model.ledger()) == asked


def test_tokens_are_metered_from_a_recording_as_from_the_upstream(recording, replaying):
    def tokens(call):
        call.chat("hello", model="ep_contract_kie", stream=True)
        return call("GET", "/v1/endpoints/ep_contract_kie/activity").json()["total_tokens"]

    with recording() as call:
        recorded = tokens(call)
    with replaying() as call:
        assert tokens(call) == recorded > 0


def test_the_file_is_json_lines_with_requests_answers_and_timing(recording, model, file):
    model.reply(["one ", "two"])
    model.reply("plain")
    with recording() as call:
        call.chat("Åse", model="ep_contract_kie", stream=True)
        call.chat("Åse", model="ep_contract_kie", temperature=0)
    streamed, plain = lines(file)
    assert "Åse" in file.read_text(encoding="utf-8")
    assert streamed["request"]["model"] == plain["request"]["model"] == "contract-kie-1"
    assert streamed["request"]["stream"] is True
    assert plain["request"]["temperature"] == 0
    assert streamed["status"] == plain["status"] == 200
    assert streamed["headers"]["content-type"].startswith("text/event-stream")
    assert plain["headers"] == {"content-type": "application/json"}
    assert plain["body"]["choices"][0]["message"]["content"] == "plain"
    assert plain["body"]["choices"][0]["stop_reason"] is None
    *chunks, usage, done = [event["data"] for event in streamed["events"]]
    assert [chunk["choices"][0]["delta"].get("content") for chunk in chunks] == ["", "one ", "two", ""]
    assert usage["usage"]["completion_tokens"] > 0
    assert done == "[DONE]"
    assert all(event["after"] >= 0 for event in streamed["events"])
    assert streamed["seconds"] > 0 < plain["seconds"]


def test_no_key_and_no_authorisation_header_is_in_the_file(recording, script, file):
    secrets = [
        KEY,
        "sk-proj-abcdefghij0123456789",
        "hunter2-in-a-field",
        "pareta_sk_live_abcdef",
        "c2VjcmV0LWJlYXJlcg==",
    ]
    _, openai_key, password, pareta_key, bearer = secrets
    said = f"Keys: {KEY}, {openai_key}, {pareta_key}."
    with recording(Upstream(script.base_url, api_key=KEY)) as call:
        secrets.append(call.api_key)
        tools = [{"type": "mcp", "server_url": f"https://e.x/?signature={KEY}", "headers": {"Authorization": password}}]
        fields = {"metadata": {"note": f"Authorization: Bearer {bearer}"}, "mcp": tools, "api_key": password}
        script.answer(json_answer({"choices": [{"index": 0, "message": {"content": said}}]}, **{"set-cookie": KEY}))
        assert call.chat(said, key=KEY, **fields).status == 200
        script.answer(json_answer({"error": {"message": f"Incorrect API key: {KEY}, {openai_key}"}}, 401))
        call.chat(said)
        script.answer(Answer(500, f"no JSON: {KEY}".encode(), {"content-type": "text/plain"}))
        call.chat(said)
        event = b"data: " + json.dumps({"choices": [{"index": 0, "delta": {"content": said}}]}).encode() + b"\n\n"
        body = event + f": comment {KEY}\n\ndata: text {KEY}\n\n".encode()
        script.answer(Answer(200, body, {"content-type": "text/event-stream"}))
        call.chat(said, stream=True)
    assert len(lines(file)) == 4
    contents = file.read_bytes()
    for secret in secrets:
        assert secret.encode() not in contents
    assert {name for line in lines(file) for name in line["headers"]} == {"content-type"}


def test_a_request_with_a_key_in_it_is_found_again_by_another_key(recording, replaying, model):
    model.reply("Do not tell me.")
    with recording() as call:
        recorded = said(call.chat("My key is pareta_sk_one", model="ep_contract_kie"))
    with replaying() as call:
        assert said(call.chat("My key is pareta_sk_two", model="ep_contract_kie")) == recorded


@pytest.mark.parametrize("text", ["EMPTY", "ollama", "x"])
def test_a_key_that_is_a_word_like_any_other_is_left_in_texts(text):
    assert Scrubber([text]).text(f"{text} is here") == f"{text} is here"


@pytest.mark.parametrize(
    "text", ["a risk-averse sk-learn user", "token", "Bearer of news", "max_tokens", "hf_hub_download"]
)
def test_what_only_looks_a_little_like_a_key_stays(text):
    assert Scrubber().value({"token": text, "content": [text]}) == {"token": text, "content": [text]}


def test_chunks_come_in_the_time_that_they_took(caller, file):
    events = [{"after": 0.0, "data": {"choices": []}}, {"after": 3600.0, "data": "[DONE]"}]
    exchange = {"request": {"model": "auto", "messages": [{"role": "user", "content": "hello"}], "stream": True}}
    exchange |= {"seconds": 7200.0, "status": 200, "headers": {"content-type": "text/event-stream"}, "events": events}
    write(file, [exchange])
    with LocalPlatform(replay=file) as platform:
        organisation = platform.create_organisation()
        call = caller(platform.base_url, organisation.api_key)
        opened = []
        asking = threading.Thread(target=lambda: opened.append(call.open("POST", CHAT, exchange["request"])))
        asking.start()
        asking.join(0.1)
        assert opened == []
        advance_until(platform, lambda: not asking.is_alive(), hours=2)
        [(connection, response)] = opened
        with closing(connection):
            received = b""
            while b"\n\n" not in received:
                received += response.read1()
            assert b"[DONE]" not in received
            reading = threading.Thread(target=lambda: opened.append(response.read()))
            reading.start()
            advance_until(platform, lambda: not reading.is_alive(), hours=1)
            assert opened[-1].endswith(b"data: [DONE]\n\n")


CHAT = "/v1/chat/completions"


def advance_until(platform, is_so, **step):
    """The clock may be moved before the platform begins to wait by it."""
    for _ in range(200):
        if is_so():
            return
        platform.clock.advance(**step)
        threading.Event().wait(0.01)
    raise AssertionError("it went on waiting")


def write(file, exchanges):
    file.write_text("".join(json.dumps(line) + "\n" for line in [HEAD, *exchanges]), encoding="utf-8")


def test_equal_requests_get_their_answers_in_turn_and_then_the_last_one_again(caller, recording, replaying, model):
    model.reply("one")
    model.reply(faults.status(429, {"error": {"message": "slowly"}}, retry_after=2))
    model.reply("two")
    with recording() as call:
        for _ in range(3):
            call.chat(model="ep_contract_kie")
    with replaying() as call:
        neighbour = call.platform.create_organisation(endpoints=("contract-key-fields",))
        first = said(call.chat(model="ep_contract_kie"))["choices"][0]["message"]["content"]
        other = said(caller(call.platform.base_url, neighbour.api_key).chat(model="contract-kie-1"))
        refused = call.chat(model="ep_contract_kie")
        rest = [said(call.chat(model="ep_contract_kie"))["choices"][0]["message"]["content"] for _ in range(2)]
    assert first == other["choices"][0]["message"]["content"] == "one"
    assert (refused.status, refused.headers["Retry-After"]) == (429, "2")
    assert rest == ["two", "two"]


@pytest.mark.parametrize(("how", "raised"), [("fin", http.client.RemoteDisconnected), ("rst", ConnectionResetError)])
def test_a_drop_before_the_answer_is_served_again(recording, replaying, model, how, raised):
    model.reply(faults.drop(how=how))
    with recording() as call, pytest.raises(raised):
        call.chat(model="ep_contract_kie")
    with replaying() as call, pytest.raises(raised):
        call.chat(model="ep_contract_kie")


@pytest.mark.parametrize(("how", "raised"), [("fin", http.client.IncompleteRead), ("rst", ConnectionResetError)])
def test_a_drop_within_a_stream_is_served_again(recording, replaying, model, how, raised):
    model.reply(faults.drop(after_events=2, how=how))
    for serving in (recording, replaying):
        with serving() as call:
            request = {"model": "ep_contract_kie", "messages": [{"role": "user", "content": "hello"}], "stream": True}
            connection, response = call.open("POST", CHAT, request)
            received = b""
            with closing(connection), pytest.raises(raised):
                received = read_all(response)
            assert received == b""


def read_all(response):
    """Raises for an answer that breaks off, in either way."""
    received = b""
    while piece := response.read1():
        received += piece
    return received


def test_a_refusal_that_is_no_json_is_served_again(recording, replaying, script):
    script.answer(Answer(502, b"<html>\n", {"content-type": "text/html"}))
    with recording(Upstream(script.base_url)) as call:
        call.chat()
    with replaying() as call:
        answer = call.chat()
    assert (answer.status, answer.body, answer.headers["content-type"]) == (502, b"<html>\n", "text/html")


def test_comments_named_events_and_other_line_ends_are_served_again(recording, replaying, script):
    body = b': ping\r\n\r\nevent: x\r\ndata: {"a": 1}\r\n\r\ndata: text\n\ndata:[DONE]\n\n'
    script.answer(Answer(200, body, {"content-type": "text/event-stream"}))
    with recording(Upstream(script.base_url)) as call:
        assert call.chat(stream=True).body == body
    with replaying() as call:
        replayed = call.chat(stream=True).body
    assert replayed == b': ping\n\nevent: x\r\ndata: {"a": 1}\n\ndata: text\n\ndata: [DONE]\n\n'


def test_a_surrogate_pair_that_is_cut_in_two_is_served_again(recording, replaying, script):
    halves = [{"choices": [{"index": 0, "delta": {"content": half}}]} for half in ("\ud83d", "\ude42")]
    body = b"".join(b"data: " + json.dumps(half).encode() + b"\n\n" for half in halves)
    script.answer(Answer(200, body, {"content-type": "text/event-stream"}))
    answers = []
    for serving in (lambda: recording(Upstream(script.base_url)), replaying):
        with serving() as call:
            answers.append(call.chat(stream=True).body)
    assert answers[0] == answers[1]
    assert b"\\ud83d" in answers[0]


def test_a_request_that_is_not_in_the_file_is_refused_and_says_what_differs(recording, replaying):
    with recording() as call:
        call.chat("hello", model="ep_contract_kie", temperature=0)
        call.chat("hello", model="ep_invoice_kie")
    with replaying() as call:
        answer = call.chat("hello", model="ep_contract_kie", temperature=1)
        organisation = call.platform.organisation
        assert answer.status == 400
        assert "recording.jsonl" in answer.detail
        assert "contract-kie-1" in answer.detail
        assert answer.detail.endswith("differs in temperature.")
        assert organisation.ledger() == []


def test_an_empty_recording_says_so(replaying, file):
    write(file, [])
    with replaying() as call:
        assert call.chat().detail.endswith("The file has none at all.")


def test_recording_goes_on_at_the_end_of_the_file(recording, file):
    for text in ("one", "two"):
        with recording() as call:
            call.chat(text, model="ep_contract_kie")
    assert [line["request"]["messages"][-1]["content"] for line in lines(file)] == ["one", "two"]


def test_what_a_client_did_not_wait_for_is_not_recorded(recording, model, file):
    model.reply(faults.stall(after_events=2))
    model.reply(tool_call("f"))
    with recording() as call:
        request = {"model": "ep_contract_kie", "messages": [{"role": "user", "content": "hello"}], "stream": True}
        connection, response = call.open("POST", CHAT, request)
        response.read1()
        connection.close()
        call.chat("after it", model="ep_contract_kie")
    [kept] = lines(file)
    assert kept["request"]["messages"][-1]["content"] == "after it"


def test_models_say_that_their_answers_are_recorded(recording, replaying):
    with recording():
        pass
    with replaying() as call:
        owners = {model["owned_by"] for model in call("GET", "/v1/models").json()["data"]}
    assert owners == {"pareta (local, by way of recording.jsonl)"}


@pytest.mark.parametrize(
    ("contents", "hint"),
    [
        (b"", "not a recording"),
        (b"SQLite format 3\x00\xff", "not a recording"),
        (b'{"format": "vcr"}\n', "not a recording"),
        (b'["format"]\n', "not a recording"),
        (json.dumps({**HEAD, "version": 99}).encode() + b"\n", "newer pareta-openai .version 99"),
        (json.dumps(HEAD).encode() + b'\n{"request": {', "line 2 is damaged"),
        (json.dumps(HEAD).encode() + b'\n{"request": {}, "seconds": -1}\n', "line 2 is damaged"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_and_left_alone(model_server, file, contents, hint):
    file.write_bytes(contents)
    for arguments in ({"replay": file}, {"record": file, "upstream": Upstream(model_server.base_url)}):
        with pytest.raises(RecordingError, match=hint):
            LocalPlatform(**arguments).start()
    assert file.read_bytes() == contents


def test_a_file_that_is_not_there_can_be_recorded_and_not_replayed(model_server, tmp_path):
    with pytest.raises(RecordingError, match="No such file"):
        LocalPlatform(replay=tmp_path / "nowhere.jsonl").start()
    with pytest.raises(RecordingError, match="No such file"):
        LocalPlatform(record=tmp_path / "nowhere" / "x.jsonl", upstream=Upstream(model_server.base_url)).start()


def test_what_makes_no_sense_together_is_refused(file):
    with pytest.raises(ValueError, match="upstream"):
        LocalPlatform(record=file)
    with pytest.raises(ValueError, match="not both"):
        LocalPlatform(replay=file, upstream=Upstream("http://127.0.0.1"))
