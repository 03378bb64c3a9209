from __future__ import annotations

import json
from dataclasses import replace

import pytest

from pareta_openai.local.errors import NotAcceptable
from pareta_openai.local.responder import Message, Part, Prompt, Tool, respond

PROMPT = Prompt(messages=[Message("user", (Part("hello"),))], subject="a task")
[ANSWER] = respond(PROMPT).choices


def test_equal_prompts_get_equal_replies():
    assert respond(PROMPT) == respond(replace(PROMPT))


def test_a_token_is_four_characters():
    reply = respond(PROMPT)
    tokens = ANSWER.pieces
    assert reply.usage.prompt_tokens == 2
    assert reply.usage.completion_tokens == len(tokens)
    assert "".join(tokens) == ANSWER.text
    assert {len(token) for token in tokens[:-1]} == {4}


def test_max_tokens_cuts_the_answer_and_says_so():
    reply = respond(replace(PROMPT, max_tokens=3))
    assert reply.usage.completion_tokens == 3
    assert reply.choices[0].text == ANSWER.text[:12]
    assert reply.choices[0].finish_reason == "length"


def test_max_tokens_that_just_suffice_cut_nothing():
    enough = respond(PROMPT).usage.completion_tokens
    assert respond(replace(PROMPT, max_tokens=enough)).choices == (ANSWER,)


def test_the_first_stop_sequence_ends_the_answer_without_appearing_in_it():
    [choice] = respond(replace(PROMPT, stop=["hello", "No model", ""])).choices
    assert choice.text == ANSWER.text.split("No model")[0]
    assert (choice.finish_reason, choice.stop_reason) == ("stop", "No model")
    assert ANSWER.stop_reason is None


def test_a_stop_sequence_behind_the_last_token_changes_nothing():
    [choice] = respond(replace(PROMPT, stop=["hello"], max_tokens=2)).choices
    assert choice.finish_reason == "length"


def test_choices_differ_and_are_all_counted():
    reply = respond(replace(PROMPT, choices=3))
    assert len({choice.text for choice in reply.choices}) == 3
    assert reply.usage.completion_tokens == sum(len(choice.pieces) for choice in reply.choices)
    assert reply.usage.prompt_tokens == respond(PROMPT).usage.prompt_tokens


def test_a_json_object_is_a_json_object_for_every_choice():
    for choice in respond(replace(PROMPT, json_schema={}, choices=2)).choices:
        assert json.loads(choice.text) == {"task": "a task", "input": "hello"}


@pytest.mark.parametrize("messages", [[], [Message("system", (Part("s"),))], [Message("user", ())]])
def test_there_is_an_answer_without_a_question(messages):
    assert respond(replace(PROMPT, messages=messages)).choices[0].finish_reason == "stop"


def test_a_long_message_is_quoted_briefly():
    [choice] = respond(replace(PROMPT, messages=[Message("user", (Part("word " * 1_000_000),))])).choices
    assert len(choice.text) < 200


def test_min_tokens_lengthen_the_answer():
    [choice] = respond(replace(PROMPT, min_tokens=1000)).choices
    assert len(choice.pieces) == 1000
    assert choice.text.startswith(f"{ANSWER.text} {ANSWER.text} ")
    assert choice.finish_reason == "stop"


def test_an_answer_that_would_be_too_long_is_refused():
    with pytest.raises(NotAcceptable, match="131072"):
        respond(replace(PROMPT, min_tokens=10**12))


def test_one_of_the_options_is_the_answer_and_each_choice_has_its_own():
    choices = respond(replace(PROMPT, options=["yes", "no"], choices=3)).choices
    assert [choice.text for choice in choices] == ["yes", "no", "yes"]


WEATHER = Tool("get_weather", {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]})
TIME = Tool("get_time", {})
WITH_TOOLS = replace(PROMPT, tools=[WEATHER, TIME])


def asking(text, **changes):
    return replace(WITH_TOOLS, messages=[Message("user", (Part(text),))], **changes)


def called(prompt):
    [choice] = respond(prompt).choices
    return [call.name for call in choice.tool_calls]


def test_a_tool_is_called_with_arguments_that_fit():
    [choice] = respond(WITH_TOOLS).choices
    [call] = choice.tool_calls
    assert (call.name, json.loads(call.arguments)) == ("get_weather", {"city": "city"})
    assert (choice.text, choice.finish_reason) == ("", "tool_calls")


def test_a_tools_result_is_answered_with_text():
    conversation = [*PROMPT.messages, Message("assistant", ()), Message("tool", (Part("rain"),))]
    [choice] = respond(replace(WITH_TOOLS, messages=conversation)).choices
    assert choice.text.endswith("The tool's result: rain")
    assert choice.tool_calls == ()
    assert called(replace(WITH_TOOLS, messages=conversation, must_call=True)) == ["get_weather"]


@pytest.mark.parametrize(
    ("text", "tools"),
    [
        ("hello", ["get_weather"]),
        ("get_time", ["get_time"]),
        ("Get time, please", ["get_time"]),
        ("get_time, then get_weather", ["get_weather", "get_time"]),
        ("forget time", ["get_weather"]),
    ],
)
def test_the_tools_that_the_user_names_are_called(text, tools):
    assert called(asking(text)) == tools
    assert called(asking(text, is_parallel=False)) == tools[:1]


def test_a_named_tool_ends_with_stop():
    [choice] = respond(replace(WITH_TOOLS, tools=[TIME], must_call=True, is_named=True)).choices
    assert choice.finish_reason == "stop"


def test_each_turn_choice_and_call_has_an_id_of_its_own():
    prompt = asking("get time and get weather", choices=2)
    later = replace(prompt, messages=[*prompt.messages, Message("tool", ()), Message("user", (Part("get time"),))])
    ids = [call.id for said in (prompt, later) for choice in respond(said).choices for call in choice.tool_calls]
    assert len(set(ids)) == len(ids) == 6


@pytest.mark.parametrize("limit", range(1, 16))
def test_max_tokens_cut_the_calls_and_say_so(limit):
    prompt = asking("get weather, get time")
    whole, cut = respond(prompt), respond(replace(prompt, max_tokens=limit))
    assert cut.usage.completion_tokens <= limit
    if limit >= whole.usage.completion_tokens:
        assert cut == whole
        return
    [choice] = cut.choices
    assert choice.finish_reason == "length"
    for uncut, call in zip(whole.choices[0].tool_calls, choice.tool_calls, strict=False):
        assert call.name == uncut.name
        assert uncut.arguments.startswith(call.arguments)
