from __future__ import annotations

import json
from dataclasses import replace

import pytest

from pareta_openai.local.responder import Message, Part, Prompt, respond

PROMPT = Prompt(messages=[Message("user", (Part("hello"),))], subject="a task")
[ANSWER] = respond(PROMPT).choices


def test_equal_prompts_get_equal_replies():
    assert respond(PROMPT) == respond(replace(PROMPT))


def test_a_token_is_four_characters():
    reply = respond(PROMPT)
    tokens = list(ANSWER.tokens())
    assert reply.prompt_tokens == 2
    assert reply.completion_tokens == len(tokens)
    assert "".join(tokens) == ANSWER.text
    assert {len(token) for token in tokens[:-1]} == {4}


def test_max_tokens_cuts_the_answer_and_says_so():
    reply = respond(replace(PROMPT, max_tokens=3))
    assert reply.completion_tokens == 3
    assert reply.choices[0].text == ANSWER.text[:12]
    assert reply.choices[0].finish_reason == "length"


def test_max_tokens_that_just_suffice_cut_nothing():
    enough = respond(PROMPT).completion_tokens
    assert respond(replace(PROMPT, max_tokens=enough)).choices == (ANSWER,)


def test_the_first_stop_sequence_ends_the_answer_without_appearing_in_it():
    [choice] = respond(replace(PROMPT, stop=["hello", "No model", ""])).choices
    assert choice.text == ANSWER.text.split("No model")[0]
    assert choice.finish_reason == "stop"


def test_a_stop_sequence_behind_the_last_token_changes_nothing():
    [choice] = respond(replace(PROMPT, stop=["hello"], max_tokens=2)).choices
    assert choice.finish_reason == "length"


def test_choices_differ_and_are_all_counted():
    reply = respond(replace(PROMPT, choices=3))
    assert len({choice.text for choice in reply.choices}) == 3
    assert reply.completion_tokens == sum(len(list(choice.tokens())) for choice in reply.choices)
    assert reply.prompt_tokens == respond(PROMPT).prompt_tokens


def test_a_json_object_is_a_json_object_for_every_choice():
    for choice in respond(replace(PROMPT, json_schema={}, choices=2)).choices:
        assert json.loads(choice.text) == {"task": "a task", "input": "hello"}


@pytest.mark.parametrize("messages", [[], [Message("system", (Part("s"),))], [Message("user", ())]])
def test_there_is_an_answer_without_a_question(messages):
    assert respond(replace(PROMPT, messages=messages)).choices[0].finish_reason == "stop"


def test_a_long_message_is_quoted_briefly():
    [choice] = respond(replace(PROMPT, messages=[Message("user", (Part("word " * 1_000_000),))])).choices
    assert len(choice.text) < 200
