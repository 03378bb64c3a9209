"""Rows for an eval set from the files that users of OpenAI already have."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

from .eval_items import decode_json, encode_row, numbered_lines

_INPUTS = ("input", "question", "prompt")
_EXPECTED = ("expected", "ideal", "answer", "ground_truth", "reference")
_ANSWERS = ("choices", "response", "output")

# What the model was shown beside the messages.
_SHOWN = ("tools", "functions", "response_format")

_TEXT_PARTS = ("text", "input_text", "output_text")
_CUT_SHORT = {"length": "the answer was cut short by a token limit", "content_filter": "a filter cut the answer"}


@dataclass(frozen=True)
class SkippedLine:
    """A line that made no row."""

    line: int
    """Counted from 1, blank lines included."""
    reason: str
    """For a person."""


@dataclass(frozen=True, repr=False)
class OpenAIRows(Sequence[dict[str, Any]]):
    """Rows for an eval set, and what was not used of the file that they came from."""

    rows: list[dict[str, Any]]
    skipped: list[SkippedLine]

    @overload
    def __getitem__(self, index: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, index: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows)

    def __repr__(self) -> str:
        return f"<OpenAIRows: {self._counts()}>"

    def __str__(self) -> str:
        return self.report()

    def report(self, limit: int = 20) -> str:
        """How many rows there are, and of the lines that were not used the first `limit` with the reason."""
        lines = [f"  line {skipped.line}: {skipped.reason}" for skipped in self.skipped[:limit]]
        if len(self.skipped) > limit:
            lines.append(f"  and {len(self.skipped) - limit} more, in .skipped")
        return "\n".join([f"{self._counts()}{':' if lines else ''}", *lines])

    def _counts(self) -> str:
        return f"{_count(len(self.rows), 'row')}, {_count(len(self.skipped), 'line')} not used"


def evals_from_openai(path: str | os.PathLike[str]) -> OpenAIRows:
    """Rows for an eval set from a JSON Lines file that was made for OpenAI or logged from it.

    What a line is, is found line by line:

    - A conversation, ``{"messages": […]}``, as in a fine-tuning file. The last assistant message is what is expected,
      everything before it the input, and what comes after it is left out. An assistant message of ``weight`` 0 is
      none to learn from and none to be judged by: the last one of another weight is taken.
    - A conversation with its answer: ``messages`` (also within ``request`` or ``body``) beside ``choices``,
      ``response`` or ``output``, as logged, or as a stored chat completion with the messages that it answers.
    - Fields, as in OpenAI's evals, on the line or within ``item``: one of ``input``, ``question``, ``prompt``, and one
      of ``expected``, ``ideal``, ``answer``, ``ground_truth``, ``reference``. The other fields are kept. Of several
      answers in ``ideal`` the first is expected, and the row keeps ``ideal`` whole.

    The input is text where there is one user message and nothing else, and ``{"messages": […]}`` otherwise, with the
    ``tools``, ``functions`` and ``response_format`` of the line, so that all that the model was shown is kept. The
    expected answer is text. A number or truth value in a field becomes text as JSON spells it.

    Each line that is not blank makes a row or is in `OpenAIRows.skipped` with the reason: a file without any
    usable line gives no rows. Every row is one that `spool` takes. Raises `OSError` for a file that cannot be read.
    """
    rows: list[dict[str, Any]] = []
    skipped: list[SkippedLine] = []
    for number, line in numbered_lines(Path(path)):
        if not line.strip():
            continue
        try:
            row = _row(decode_json(line))
            encode_row(row)
        except ValueError as error:
            skipped.append(SkippedLine(number, str(error)))
        except RecursionError:
            skipped.append(SkippedLine(number, "nested too deeply"))
        else:
            rows.append(row)
    return OpenAIRows(rows, skipped)


def row_of_call(request: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    """A row from the body of a chat completion's request and its answer. Raises `ValueError` where they make none."""
    return _row({"request": dict(request), "response": dict(answer)})


class _Unusable(ValueError):
    """Why a line makes no row."""


def _row(line: Any) -> dict[str, Any]:
    if not isinstance(line, dict):
        raise _Unusable("not a JSON object")
    if isinstance(line.get("item"), dict):
        return _row_of_fields(line["item"])
    answer = next((line[key] for key in _ANSWERS if line.get(key) is not None), None)
    request = next((place for place in _places_of_a_request(line) if "messages" in place), None)
    if request is not None:
        asked, expected = _conversation(_messages(request["messages"]), answer)
        return {"input": _input(asked, request), "expected": expected}
    if answer is not None and not any(key in line for key in _INPUTS):
        raise _Unusable("an answer without the messages that it answers")
    return _row_of_fields(line)


def _places_of_a_request(line: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield line
    for key in ("request", "body"):
        if isinstance(line.get(key), dict):
            yield from _places_of_a_request(line[key])


def _conversation(messages: list[dict[str, Any]], answer: Any) -> tuple[list[dict[str, Any]], str]:
    if answer is not None:
        return messages, _text_of_answer(answer)
    by_assistant = [index for index, message in enumerate(messages) if message["role"] == "assistant"]
    if not by_assistant:
        raise _Unusable("no assistant message")
    last = next((index for index in reversed(by_assistant) if messages[index].get("weight") != 0), None)
    if last is None:
        raise _Unusable("every assistant message has weight 0")
    return messages[:last], _text_of_message(messages[last])


def _row_of_fields(fields: dict[str, Any]) -> dict[str, Any]:
    asked = _one_of(_INPUTS, fields, "an input")
    answered = _one_of(_EXPECTED, fields, "what is expected")
    expected = fields[answered]
    row = {"input": _input_of_field(asked, fields[asked]), "expected": None}
    row.update((key, value) for key, value in fields.items() if key not in (asked, answered, *row))
    if answered == "ideal" and isinstance(expected, list) and expected:
        if len(expected) > 1:
            row["ideal"] = expected
        expected = expected[0]
    row["expected"] = _expected_of_field(answered, expected)
    return row


def _one_of(names: tuple[str, ...], fields: dict[str, Any], what: str) -> str:
    found = [name for name in names if fields.get(name) is not None]
    if len(found) > 1:
        raise _Unusable(f"more than one field can be {what}: {', '.join(found)}")
    if not found:
        has = ", ".join(list(fields)[:10]) or "nothing"
        raise _Unusable(f"no field for {what} ({', '.join(names)}), only: {has}")
    return found[0]


def _input_of_field(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return _input(_messages(value), {})
    if isinstance(value, dict) and "messages" in value:
        return _input(_messages(value["messages"]), value)
    if not isinstance(value, (str, dict)):
        raise _Unusable(f"{name} is neither text nor an object")
    if not value or (isinstance(value, str) and not value.strip()):
        raise _Unusable(f"{name} is empty")
    return value


def _expected_of_field(name: str, value: Any) -> Any:
    if isinstance(value, (bool, int, float)):
        return json.dumps(value)
    if not isinstance(value, (str, dict)):
        raise _Unusable(f"{name} is neither text nor an object")
    if not value:
        raise _Unusable(f"{name} is empty")
    return value


def _messages(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not value:
        raise _Unusable("messages is not a list with messages in it")
    for number, message in enumerate(value, start=1):
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            raise _Unusable(f"message {number} is not an object with a role")
    return value


def _input(messages: list[dict[str, Any]], request: dict[str, Any]) -> str | dict[str, Any]:
    # A weight is an instruction for training, and no model was shown one.
    messages = [{key: value for key, value in message.items() if key != "weight"} for message in messages]
    texts = []
    for number, message in enumerate(messages, start=1):
        try:
            texts.append(_text(message.get("content")))
        except _Unusable as unusable:
            raise _Unusable(f"message {number}: {unusable}") from None
    if not any(text.strip() for text in texts):
        raise _Unusable("nothing was said before the answer")
    shown = {key: request[key] for key in _SHOWN if request.get(key)}
    if len(messages) == 1 and messages[0].keys() == {"role", "content"} and messages[0]["role"] == "user" and not shown:
        return texts[0]
    return {"messages": messages, **shown}


def _text_of_answer(answer: Any) -> str:
    """Of a text, a message, a completion or the answer that it came in, or a list of choices or messages."""
    if isinstance(answer, list):
        return _text_of_answer(_one_answer(answer))
    if not isinstance(answer, dict):
        return _text_of_message({"content": answer})
    status = answer.get("status_code")
    if answer.get("error") or (isinstance(status, int) and status >= 400):
        raise _Unusable("the request failed")
    if answer.get("finish_reason") in _CUT_SHORT:
        raise _Unusable(_CUT_SHORT[answer["finish_reason"]])
    for key in ("body", "choices", "message", "output"):
        if answer.get(key) is not None:
            return _text_of_answer(answer[key])
    return _text_of_message(answer)


def _one_answer(answers: list[Any]) -> Any:
    if any(isinstance(answer, dict) and "message" in answer for answer in answers):
        if len(answers) > 1:
            raise _Unusable(f"{len(answers)} choices, and nothing says which is expected")
        return answers[0]
    messages = [answer for answer in answers if isinstance(answer, dict) and answer.get("role") == "assistant"]
    if not messages:
        raise _Unusable("no assistant message in the answer")
    return messages[-1]


def _text_of_message(message: dict[str, Any]) -> str:
    text = _text(message.get("content"))
    if message.get("tool_calls") or message.get("function_call"):
        raise _Unusable(
            "the last assistant message calls a tool beside its text"
            if text.strip()
            else "the last assistant message is only a tool call"
        )
    if message.get("refusal"):
        raise _Unusable("the last assistant message is a refusal")
    if not text.strip():
        raise _Unusable("the last assistant message is empty")
    return text


def _text(content: Any) -> str:
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise _Unusable("content is neither text nor a list of parts")
    return "".join(_text_of_part(part) for part in content)


def _text_of_part(part: Any) -> str:
    if isinstance(part, dict) and part.get("type") in _TEXT_PARTS and isinstance(part.get("text"), str):
        text: str = part["text"]
        return text
    kind = part.get("type", "unknown") if isinstance(part, dict) else type(part).__name__
    raise _Unusable(f"{str(kind)[:40]} content is not text")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
