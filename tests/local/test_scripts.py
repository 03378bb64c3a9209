from __future__ import annotations

import http.client
import json
from contextlib import closing

import pytest

from pareta_openai.local import LocalPlatform, errors, faults, tool_call

ENDPOINT = "ep_contract_key_fields_1"


def said(answer):
    assert answer.status == 200, answer.body
    return answer.json()["choices"][0]["message"]["content"]


def deltas(answer):
    *frames, done, rest = answer.body.decode().split("\n\n")
    assert (done, rest) == ("data: [DONE]", "")
    return [json.loads(frame.removeprefix("data: "))["choices"][0]["delta"] for frame in frames]


def test_replies_are_given_one_after_the_other(call, organisation):
    organisation.reply("one")
    organisation.reply("two", times=2)
    assert [said(call.chat()) for _ in range(3)] == ["one", "two", "two"]
    organisation.assert_replies_used()


def test_a_scripted_answer_is_billed_and_counted_like_any_other(call, organisation):
    organisation.reply("12345678")
    answer = call.chat("four", model=ENDPOINT)
    usage = answer.json()["usage"]
    assert usage["completion_tokens"] == 2
    [debit] = organisation.ledger()
    assert debit.completion_tokens == 2
    assert answer.headers["X-Pareta-Billed"] == str(debit.micro_usd)


def test_a_reply_is_chosen_by_model_and_by_what_the_last_message_contains(call, organisation):
    call.deploy("invoice-extraction", name="invoices")
    organisation.reply_when(model="invoices", contains="total", then="of invoices")
    organisation.reply_when(model="contract-kie-1", then="by alias", times=None)
    organisation.reply_when(contains="total", then="of anything")
    assert said(call.chat("total?", model=ENDPOINT)) == "by alias"
    assert said(call.chat("total?", model="contract-kie-1")) == "by alias"
    assert said(call.chat("the total", model="invoices")) == "of invoices"
    assert said(call.chat("the total", model="invoices")) == "of anything"
    assert call.chat("the total", model="invoices").status == 400


def test_a_conversation_is_followed_by_its_last_message(call, organisation):
    organisation.reply_when(contains="rain", then="Take an umbrella.")
    organisation.reply_when(contains="weather", then=tool_call("get_weather", city="Oslo"))
    [asked] = call.chat("the weather in Oslo?", model=ENDPOINT).json()["choices"]
    [tool] = asked["message"]["tool_calls"]
    assert (tool["function"]["name"], json.loads(tool["function"]["arguments"])) == ("get_weather", {"city": "Oslo"})
    assert (asked["message"]["content"], asked["finish_reason"]) == (None, "tool_calls")
    messages = [
        {"role": "user", "content": "the weather in Oslo?"},
        asked["message"],
        {"role": "tool", "tool_call_id": tool["id"], "content": "rain"},
    ]
    answer = call("POST", "/v1/chat/completions", {"model": ENDPOINT, "messages": messages})
    assert said(answer) == "Take an umbrella."


def test_a_mapping_is_said_as_json(call, organisation):
    organisation.reply({"total": 54.0, "name": "Åse"})
    content = said(call.chat())
    assert json.loads(content) == {"total": 54.0, "name": "Åse"}
    assert "Åse" in content


def test_several_tools_are_called_at_once(call, organisation):
    organisation.reply([tool_call("a", {"x": 1}), tool_call("b", "not JSON")])
    [choice] = call.chat().json()["choices"]
    calls = choice["message"]["tool_calls"]
    assert [call["function"] for call in calls] == [
        {"name": "a", "arguments": '{"x": 1}'},
        {"name": "b", "arguments": "not JSON"},
    ]
    assert len({call["id"] for call in calls}) == 2


def test_a_list_of_texts_is_a_streams_chunks(call, organisation):
    organisation.reply(["Once ", "upon a time", ""], times=2)
    assert [delta["content"] for delta in deltas(call.chat(stream=True))] == ["", "Once ", "upon a time", "", ""]
    assert said(call.chat()) == "Once upon a time"


def test_every_choice_says_it(call, organisation):
    organisation.reply("again")
    assert [choice["message"]["content"] for choice in call.chat(n=2).json()["choices"]] == ["again", "again"]


def test_a_scripted_answer_has_logprobs_where_they_are_asked_for(call, organisation):
    organisation.reply(["a", "b"])
    [choice] = call.chat(logprobs=True).json()["choices"]
    assert [token["token"] for token in choice["logprobs"]["content"]] == ["a", "b"]


def test_a_script_that_has_run_out_is_loud(call, organisation):
    organisation.reply("only this")
    organisation.reply_when(contains="zebra", then={"stripes": True})
    call.chat()
    answer = call.chat("and then?", model=ENDPOINT)
    assert answer.status == 400
    assert f"{ENDPOINT} was asked 'and then?'" in answer.detail
    assert "reply_when(contains='zebra', then={'stripes': True})" in answer.detail
    assert "only this" not in answer.detail
    assert len(organisation.ledger()) == 1
    with pytest.raises(AssertionError, match=r"Not used: reply_when.*zebra.*No reply was left when.*and then\?"):
        organisation.assert_replies_used()


def test_replies_that_are_left_are_named(organisation):
    organisation.reply("a" * 1000)
    organisation.reply("twice", times=2)
    organisation.reply_when(model="m", then="never asked", times=None)
    organisation.reply(faults.drop(after_events=3))
    with pytest.raises(AssertionError) as caught:
        organisation.assert_replies_used()
    message = str(caught.value)
    assert len(message) < 400
    for words in ("reply('aaa", "reply('twice') 2 times", "model='m'", "reply(drop(after_events=3))"):
        assert words in message


def test_a_reply_for_any_number_of_calls_has_to_be_used_once(call, organisation):
    organisation.reply("always", times=None)
    assert {said(call.chat()) for _ in range(3)} == {"always"}
    organisation.assert_replies_used()


def test_answers_are_made_up_again_after_the_replies_were_cleared(call, organisation):
    organisation.reply("never")
    organisation.clear_replies()
    organisation.assert_replies_used()
    assert "No model" in said(call.chat())


def test_another_organisation_does_not_see_them(platform, caller, call, organisation):
    neighbour = platform.create_organisation(endpoints=("contract-key-fields",))
    organisation.reply("for one")
    assert "No model" in said(caller(platform.base_url, neighbour.api_key).chat())
    neighbour.assert_replies_used()
    assert said(call.chat()) == "for one"


def test_a_platforms_replies_are_its_default_organisations(caller):
    with LocalPlatform() as platform:
        platform.reply("one")
        platform.reply_when(contains="two", then="two")
        call = caller(platform.base_url, platform.api_key)
        assert [said(call.chat("one")), said(call.chat("two"))] == ["one", "two"]
        platform.assert_replies_used()
        platform.reply("left")
        with pytest.raises(AssertionError, match="left"):
            platform.assert_replies_used()
        platform.clear_replies()
        platform.assert_replies_used()


def test_a_retry_of_an_answered_call_gets_the_same_reply(call, organisation):
    organisation.reply("one")
    organisation.reply("two")
    assert [said(call.chat(key=key)) for key in ("a", "a", "b", "a")] == ["one", "one", "two", "one"]
    organisation.assert_replies_used()
    assert len(organisation.ledger()) == 2


def test_a_retry_of_a_call_that_failed_gets_the_next_reply(call, organisation):
    organisation.reply(faults.status(500))
    organisation.reply("now")
    assert call.chat(key="a").status == 500
    assert said(call.chat(key="a")) == "now"


def test_what_is_refused_before_the_model_takes_no_reply(call, organisation):
    organisation.reply("kept")
    assert call.chat(model="nobody").status == 404
    organisation.set_balance(0)
    assert call.chat().status == 402
    organisation.set_balance(1)
    call("POST", f"/v1/endpoints/{ENDPOINT}/stop")
    assert call.chat(model=ENDPOINT).status == 503
    assert said(call.chat()) == "kept"
    organisation.assert_replies_used()


def test_a_scripted_fault_is_met(call, organisation):
    organisation.reply(faults.status(429, {"detail": "slowly"}, retry_after=7))
    organisation.reply(faults.drop(before_headers=True))
    organisation.reply(faults.truncated_json())
    answer = call.chat()
    assert (answer.status, answer.detail, answer.headers["Retry-After"]) == (429, "slowly", "7")
    with pytest.raises(http.client.RemoteDisconnected):
        call.chat()
    assert organisation.ledger() == []
    assert call.chat().body.endswith(b"}") is False
    assert len(organisation.ledger()) == 1
    organisation.assert_replies_used()


def test_a_fault_of_streams_waits_for_a_stream(call, organisation):
    organisation.reply(faults.end_without_done(after_events=2))
    organisation.reply("plain")
    assert said(call.chat()) == "plain"
    assert call.chat(stream=True).body.count(b"data: ") == 2
    organisation.assert_replies_used()


def test_a_fault_that_no_chat_completion_meets_is_refused(organisation):
    with pytest.raises(errors.NotAcceptable, match="deploy"):
        organisation.reply(faults.drop(at_event="pulling-weights"))


def read(call, **fields):
    """The bytes of an answer up to where it broke off, and what broke it."""
    connection, response = call.open("POST", "/v1/chat/completions", {"model": "auto", "messages": MESSAGES, **fields})
    body = b""
    with closing(connection):
        try:
            while piece := response.read1():
                body += piece
        except (http.client.HTTPException, OSError) as error:
            return body, type(error)
    return body, None


MESSAGES = [{"role": "user", "content": "hello"}]


@pytest.mark.parametrize(
    ("error", "broken_by"),
    [
        (ConnectionResetError(), ConnectionResetError),
        (ConnectionResetError, ConnectionResetError),
        (ConnectionError(), http.client.IncompleteRead),
    ],
)
def test_a_stream_breaks_off_after_the_last_text(call, organisation, error, broken_by):
    organisation.reply(["Once ", "upon ", error])
    body, kind = read(call, stream=True)
    assert body.count(b"data: ") == 3
    assert b'"upon "' in body
    assert kind is broken_by
    organisation.assert_replies_used()


@pytest.mark.parametrize("reply", [ConnectionError(), ["Once ", ConnectionError()]])
def test_a_connection_error_closes_the_connection(call, organisation, reply):
    organisation.reply(reply)
    with pytest.raises(http.client.RemoteDisconnected):
        call.chat()
    assert organisation.ledger() == []


def test_another_error_is_an_event_of_the_stream(call, organisation):
    organisation.reply(["Once ", ValueError("out of memory")])
    body, kind = read(call, stream=True)
    assert b'data: {"error": {"message": "out of memory", "type": "ValueError", "code": 500}}' in body
    assert kind is None


@pytest.mark.parametrize("reply", [ValueError("x"), ["Once ", ValueError]])
def test_another_error_is_a_500_where_nothing_was_said(call, organisation, reply):
    organisation.reply(reply)
    assert call.chat().status == 500
    assert organisation.ledger() == []


def test_a_refusal_is_answered_as_the_platform_answers_it(call, organisation):
    organisation.reply(errors.EndpointNotReady("still warming up", retry_after=9))
    answer = call.chat()
    assert (answer.status, answer.detail, answer.headers["Retry-After"]) == (503, "still warming up", "9")


def test_a_timeout_says_nothing_until_the_client_gives_up(call, organisation):
    organisation.reply(TimeoutError())
    connection = call.connect()
    with closing(connection):
        headers = {"Authorization": f"Bearer {call.api_key}", "Content-Type": "application/json"}
        body = json.dumps({"model": "auto", "messages": MESSAGES})
        connection.request("POST", "/v1/chat/completions", body, headers)
        connection.sock.settimeout(0.2)
        with pytest.raises(TimeoutError):
            connection.getresponse()
    organisation.assert_replies_used()


@pytest.mark.parametrize(
    "then", [None, 5, b"bytes", [], ["text", 5], ["text", tool_call("f")], [ValueError(), "text"], {"a", "b"}]
)
def test_what_cannot_be_said_is_refused_when_it_is_scripted(organisation, then):
    with pytest.raises(TypeError, match="A reply is text"):
        organisation.reply(then)
    organisation.assert_replies_used()


def test_what_is_not_json_is_refused_when_it_is_scripted(organisation):
    with pytest.raises(TypeError):
        organisation.reply({"when": object()})


@pytest.mark.parametrize("times", [0, -1, 1.5, True])
def test_a_reply_is_for_a_whole_number_of_calls(organisation, times):
    with pytest.raises(ValueError, match="times=None"):
        organisation.reply("x", times=times)


@pytest.mark.parametrize("arguments", [("",), (5,), ("f", "text")])
def test_a_tool_call_needs_a_name_and_one_kind_of_arguments(arguments):
    with pytest.raises(TypeError):
        tool_call(*arguments, x=1)
