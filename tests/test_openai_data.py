"""`evals_from_openai`: every line of a file of OpenAI's becomes a row, or is named with the reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pareta_openai.eval_items import spool
from pareta_openai.openai_data import OpenAIRows, SkippedLine, evals_from_openai

DATA = Path(__file__).parent / "data"
ASKED = {"role": "user", "content": "Ping"}
ANSWERED = {"role": "assistant", "content": "Pong"}
TOOL_CALL = {"id": "call_1", "type": "function", "function": {"name": "ping", "arguments": "{}"}}


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """Reads lines that are values or the bytes of a line."""

    def read(*lines: object) -> OpenAIRows:
        path = tmp_path / "data.jsonl"
        path.write_bytes(b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines))
        return evals_from_openai(path)

    return read


def reasons(rows: OpenAIRows) -> dict[int, str]:
    return {skipped.line: skipped.reason for skipped in rows.skipped}


def test_a_fine_tuning_file_becomes_rows() -> None:
    rows = evals_from_openai(DATA / "fine_tuning.jsonl")
    assert list(rows) == [
        {"input": "Which country is Bergen in?", "expected": "Norway"},
        {
            "input": {
                "messages": [
                    {"role": "system", "content": "Answer with one word."},
                    {"role": "user", "content": "Capital of Denmark?"},
                ]
            },
            "expected": "Copenhagen",
        },
        {
            "input": {
                "messages": [
                    {"role": "user", "content": "Hello"},
                    {"role": "assistant", "content": "Helo"},
                    {"role": "user", "content": "Spell it right"},
                ]
            },
            "expected": "Hello",
        },
        {"input": "Which colour is the sky?", "expected": "Blue"},
    ]
    assert reasons(rows) == {
        5: "the last assistant message is only a tool call",
        6: "message 1: image_url content is not text",
        8: "no assistant message",
        9: 'not JSON (Unterminated string starting at, column 43): {"messages": [{"role": "user", "content": "Cut',
    }


def test_files_of_evals_become_rows() -> None:
    rows = evals_from_openai(str(DATA / "evals.jsonl"))
    assert list(rows) == [
        {
            "input": {
                "messages": [
                    {"role": "system", "content": "Answer with one word."},
                    {"role": "user", "content": "Capital of Norway?"},
                ]
            },
            "expected": "Oslo",
        },
        {"input": "2 + 2", "expected": "4", "ideal": ["4", "four"]},
        {"input": "Largest planet?", "expected": "Jupiter", "topic": "astronomy"},
        {"input": "6 * 7", "expected": "42"},
    ]
    assert reasons(rows) == {
        5: "more than one field can be an input: question, prompt",
        6: "no field for an input (input, question, prompt), only: ticket_text, correct_label",
    }


def test_logged_and_stored_completions_become_rows() -> None:
    rows = evals_from_openai(DATA / "completions.jsonl")
    assert [(row["input"], row["expected"]) for row in rows] == [
        ("Ping", "Pong"),
        ("One", "Two"),
        ("Red", "Green"),
        ("Left", "Right"),
        ("Up", "Down"),
    ]
    assert reasons(rows) == {
        6: "an answer without the messages that it answers",
        7: "the answer was cut short by a token limit",
        8: "2 choices, and nothing says which is expected",
    }


@pytest.mark.parametrize("name", ["fine_tuning", "evals", "completions"])
def test_rows_and_skipped_lines_are_all_lines_that_are_not_blank(name: str) -> None:
    path = DATA / f"{name}.jsonl"
    rows = evals_from_openai(path)
    assert len(rows) + len(rows.skipped) == sum(bool(line.strip()) for line in path.read_bytes().splitlines())


@pytest.mark.parametrize("name", ["fine_tuning", "evals", "completions"])
def test_rows_can_be_used_as_items(name: str) -> None:
    rows = evals_from_openai(DATA / f"{name}.jsonl")
    with spool(rows) as spooled:
        assert [json.loads(line) for line in spooled.file] == list(rows)


def test_rows_are_a_sequence(read: Any) -> None:
    rows = read({"input": "a", "ideal": "b"}, {"input": "c", "ideal": "d"})
    assert len(rows) == 2
    assert rows[0] == {"input": "a", "expected": "b"}
    assert rows[-1:] == [{"input": "c", "expected": "d"}]
    assert {"input": "c", "expected": "d"} in rows


def test_text_and_report_count_the_rows_and_name_the_lines(read: Any) -> None:
    rows = read({"input": "a", "ideal": "b"}, b"", {"messages": [ASKED]}, [1])
    assert (
        str(rows)
        == rows.report()
        == "1 row, 2 lines not used:\n  line 3: no assistant message\n  line 4: " + ("not a JSON object")
    )
    assert repr(rows) == "<OpenAIRows: 1 row, 2 lines not used>"
    assert rows.skipped[0] == SkippedLine(3, "no assistant message")
    assert rows.report(limit=1).endswith("line 3: no assistant message\n  and 1 more, in .skipped")


def test_a_report_without_skipped_lines_is_one_line(read: Any) -> None:
    assert str(read({"input": "a", "ideal": "b"})) == "1 row, 0 lines not used"


def test_what_the_model_was_shown_beside_the_messages_is_kept(read: Any) -> None:
    shown = {"tools": [{"type": "function", "function": {"name": "ping"}}], "response_format": {"type": "json_object"}}
    rows = read({"messages": [ASKED, ANSWERED], "model": "gpt-4o", **shown})
    assert rows[0]["input"] == {"messages": [ASKED], **shown}


def test_what_else_stands_in_the_only_message_is_kept(read: Any) -> None:
    asked = {**ASKED, "name": "ada"}
    assert read({"messages": [asked, ANSWERED]})[0]["input"] == {"messages": [asked]}


def test_tool_calls_before_the_answer_are_kept(read: Any) -> None:
    before = [
        ASKED,
        {"role": "assistant", "content": None, "tool_calls": [TOOL_CALL]},
        {"role": "tool", "tool_call_id": "call_1", "content": "pong"},
    ]
    assert list(read({"messages": [*before, ANSWERED]})) == [{"input": {"messages": before}, "expected": "Pong"}]


def test_what_comes_after_the_last_assistant_message_is_left_out(read: Any) -> None:
    thanks = {"role": "user", "content": "Thanks"}
    assert list(read({"messages": [ASKED, ANSWERED, thanks]})) == [{"input": "Ping", "expected": "Pong"}]


def test_the_answer_is_the_last_one_that_has_a_weight(read: Any) -> None:
    wrong = {**ANSWERED, "content": "Pang", "weight": 0}
    assert list(read({"messages": [ASKED, ANSWERED, ASKED, wrong]})) == [{"input": "Ping", "expected": "Pong"}]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"messages": []}, "messages is not a list with messages in it"),
        ({"messages": "Ping"}, "messages is not a list with messages in it"),
        ({"messages": [ASKED, "Pong"]}, "message 2 is not an object with a role"),
        ({"messages": [ASKED, {"content": "Pong"}]}, "message 2 is not an object with a role"),
        ({"messages": [ANSWERED]}, "nothing was said before the answer"),
        ({"messages": [{**ASKED, "content": " "}, ANSWERED]}, "nothing was said before the answer"),
        ({"messages": [{**ASKED, "content": 1}, ANSWERED]}, "message 1: content is neither text nor a list of parts"),
        ({"messages": [{**ASKED, "content": ["a"]}, ANSWERED]}, "message 1: str content is not text"),
        ({"messages": [ASKED, {**ANSWERED, "weight": 0}]}, "every assistant message has weight 0"),
        ({"messages": [ASKED, {**ANSWERED, "content": ""}]}, "the last assistant message is empty"),
        (
            {"messages": [ASKED, {**ANSWERED, "content": None, "refusal": "No."}]},
            "the last assistant message is a refusal",
        ),
        (
            {"messages": [ASKED, {**ANSWERED, "tool_calls": [TOOL_CALL]}]},
            "the last assistant message calls a tool beside its text",
        ),
        (
            {"messages": [ASKED, {"role": "assistant", "function_call": {"name": "ping", "arguments": "{}"}}]},
            "the last assistant message is only a tool call",
        ),
        ({"messages": [ASKED], "choices": []}, "no assistant message in the answer"),
        ({"messages": [ASKED], "response": {"status_code": 429, "body": {}}}, "the request failed"),
        ({"messages": [ASKED], "response": {"error": {"message": "no"}}}, "the request failed"),
        (
            {"input": "a"},
            "no field for what is expected (expected, ideal, answer, ground_truth, reference), only: input",
        ),
        ({}, "no field for an input (input, question, prompt), only: nothing"),
        ({"input": "a", "ideal": []}, "ideal is neither text nor an object"),
        ({"input": "a", "answer": ["b", "c"]}, "answer is neither text nor an object"),
        ({"input": "a", "answer": ""}, "answer is empty"),
        (
            {"input": "a", "answer": "b", "reference": "c"},
            "more than one field can be what is expected: answer, reference",
        ),
        ({"input": 1, "ideal": "b"}, "input is neither text nor an object"),
        ({"input": " ", "ideal": "b"}, "input is empty"),
        ({"input": {}, "ideal": "b"}, "input is empty"),
        ({"input": [], "ideal": "b"}, "messages is not a list with messages in it"),
        ("text", "not a JSON object"),
    ],
)
def test_an_unusable_line_is_skipped_with_the_reason(read: Any, line: object, reason: str) -> None:
    rows = read(line)
    assert list(rows) == []
    assert reasons(rows) == {1: reason}


def test_lines_that_cannot_be_read_are_skipped_with_the_reason(read: Any) -> None:
    rows = read(
        {"input": "a", "ideal": "b"},
        b"\xff\xfe",
        b'{"input": NaN, "ideal": "b"}',
        b'{"input": "\\ud83d", "ideal": "b"}',
        b"[" * 100_000,
        b'{"response": ' * 500 + b"1" + b"}" * 500,
    )
    assert len(rows) == 1
    found = reasons(rows)
    assert list(found) == [2, 3, 4, 5, 6]
    assert found[2].startswith("not UTF-8 (byte 0xff at 0)")
    assert found[3].startswith("not JSON (NaN is not in JSON, a missing number is null)")
    assert found[4].startswith("input (str) cannot be written as JSON: half of a surrogate pair")
    assert found[5].startswith("not JSON (nested too deeply)")


def test_fields_that_are_objects_stay_objects(read: Any) -> None:
    rows = read({"input": {"page": "one"}, "expected": {"total": 3}}, {"prompt": {"messages": [ASKED]}, "answer": True})
    assert list(rows) == [
        {"input": {"page": "one"}, "expected": {"total": 3}},
        {"input": "Ping", "expected": "true"},
    ]


def test_a_null_field_is_no_candidate(read: Any) -> None:
    rows = read({"item": {"input": None, "question": "a", "ideal": "b", "expected": None}})
    assert list(rows) == [{"input": "a", "expected": "b"}]


def test_a_file_without_usable_lines_says_why_when_it_is_used(read: Any) -> None:
    rows = read({"messages": [ASKED]})
    assert len(rows) == 0
    with pytest.raises(ValueError, match=r"^items is empty: 0 rows, 1 line not used:\n  line 1: no assistant message$"):
        spool(rows)


def test_a_file_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        evals_from_openai(tmp_path / "none.jsonl")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "messages",
                    "item",
                    "input",
                    "ideal",
                    "role",
                    "content",
                    "choices",
                    "message",
                    "response",
                    "body",
                    "weight",
                ]
            ),
            children,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@pytest.fixture(scope="module")
def any_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all examples of a property."""
    return tmp_path_factory.mktemp("data") / "any.jsonl"


@settings(deadline=None)
@given(lines=st.lists(json_values, max_size=10))
def test_whatever_the_lines_hold_each_is_used_or_named(lines: list[object], any_file: Path) -> None:
    any_file.write_text("\n".join(json.dumps(line) for line in lines))
    rows = evals_from_openai(any_file)
    assert len(rows) + len(rows.skipped) == len(lines)
    if rows:
        spool(rows).close()
