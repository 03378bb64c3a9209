"""The same arguments are the same request from our client as from bare openai."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterator
from typing import Any

import openai
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openai.types.chat import ChatCompletionMessage

from tests.same_as_openai.answers import COMPLETIONS
from tests.same_as_openai.twins import Twins
from tests.support import MESSAGES

TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {"a": {}}}}}
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA", "detail": "low"}}
SAID = ChatCompletionMessage(role="assistant", content="Hi", reasoning="…")  # type: ignore[call-arg]

ARGUMENTS: dict[str, Callable[[], dict[str, Any]]] = {
    "one message": dict,
    "everything plain": lambda: {
        "tools": [TOOL],
        "tool_choice": {"type": "function", "function": {"name": "f"}},
        "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}}},
        "temperature": 0.5,
        "max_tokens": None,
        "stop": ["a", "b"],
        "logit_bias": {"50256": -100},
        "metadata": {"team": "é"},
        "seed": 7,
        "user": "u",
    },
    "parts": lambda: {"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}, IMAGE]}]},
    "a tuple of messages": lambda: {"messages": tuple(MESSAGES)},
    "an iterator of messages": lambda: {"messages": iter(MESSAGES)},
    "an answer among the messages": lambda: {"messages": [*MESSAGES, SAID]},
    "a tuple within": lambda: {"messages": [{"role": "user", "content": ({"type": "text", "text": "x"},)}]},
    "left out": lambda: {"tools": openai.NOT_GIVEN, "stop": openai.NOT_GIVEN, "temperature": 0},
    "left out within": lambda: {"messages": [{"role": "user", "content": "x", "name": openai.NOT_GIVEN}]},
    "a subclass of str": lambda: {"model": type("Name", (str,), {})("m"), "user": type("Name", (str,), {})("u")},
    "the caller's own body": lambda: {"extra_body": {"temperature": 1, "own": [1], "model": "other"}},
    "the caller's own query and headers": lambda: {"extra_query": {"a": "b"}, "extra_headers": {"X-Own": "1"}},
    "nothing to stream": lambda: {"stream": False},
    "numbers that JSON has not": lambda: {"temperature": float("nan")},
    "a date": lambda: {"messages": [{"role": "user", "content": "x", "at": datetime.date(2026, 1, 1)}]},
    "half a character": lambda: {"messages": [{"role": "user", "content": "\ud800"}]},
    "no text for a name": lambda: {"metadata": {1: "x"}},
}


@pytest.fixture(scope="module", params=["sync", "async"])
def twins(request: pytest.FixtureRequest) -> Iterator[Twins]:
    twins = Twins(is_async=request.param == "async")
    twins.give(json.dumps(COMPLETIONS["openai"]).encode())
    yield twins
    twins.run(lambda client: client.close())


def require_same_request(twins: Twins, arguments: Callable[[], dict[str, Any]]) -> None:
    twins.sent.clear()
    theirs, ours = twins.run(
        lambda client: client.chat.completions.create(**{"model": "m", "messages": MESSAGES, **arguments()})
    )
    if isinstance(theirs, Exception):
        assert isinstance(ours, type(theirs))
        assert not twins.sent
        return
    bare, mine = twins.sent
    assert json.loads(mine.content) == json.loads(bare.content)
    assert (mine.method, str(mine.url)) == (bare.method, str(bare.url))
    differing = {"user-agent", "idempotency-key", "content-length", "x-stainless-retry-count"}
    assert {(name, value) for name, value in mine.headers.items() if name not in differing} == {
        (name, value) for name, value in bare.headers.items() if name not in differing
    }


@pytest.mark.parametrize("name", ARGUMENTS)
def test_what_is_sent_is_what_openai_sends(twins: Twins, name: str) -> None:
    require_same_request(twins, ARGUMENTS[name])


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
MESSAGE = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "system", "assistant", "tool", "bard"])},
    optional={"content": PLAIN, "name": PLAIN, "tool_calls": PLAIN, "own": PLAIN},
)


@settings(max_examples=150, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(MESSAGE, min_size=1, max_size=4),
    st.fixed_dictionaries({}, optional={"tools": PLAIN, "stop": PLAIN, "metadata": PLAIN, "temperature": PLAIN}),
)
def test_any_plain_arguments_are_sent_as_openai_sends_them(
    twins: Twins, messages: list[Any], more: dict[str, Any]
) -> None:
    require_same_request(twins, lambda: {"messages": messages, **more})


def test_a_retry_sends_what_was_given_at_first(twins: Twins) -> None:
    """Whatever the caller does with its list in the meantime."""
    messages = [dict(message) for message in MESSAGES]
    twins.give(b"{}", status=500)
    twins.sent.clear()
    patient = twins.ours.with_options(max_retries=1)

    def change(seconds: float) -> float:
        messages.append({"role": "user", "content": "later"})
        return 0 * seconds

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(patient), "_pause", lambda _, seconds: change(seconds))
        with pytest.raises(openai.InternalServerError):
            twins.finish(lambda: patient.chat.completions.create(model="m", messages=messages))
    first, second = twins.sent
    assert first.content == second.content
    assert len(messages) == len(MESSAGES) + 1
