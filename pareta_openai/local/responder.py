"""The answers of a platform with no model behind it: a pure function of the request.

One token is four characters of text; the last one of a text may be shorter. A prompt's tokens are those of its
messages' texts, an answer's those of its texts and of the names and arguments of its tool calls.

Tools are called unless the last message is a tool's result: those that the last user message names, or else the first
one, and one alone where calls are not to be parallel. Their arguments fit their schemas.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from .errors import NotAcceptable
from .json_schema import example_json

_CHARACTERS_PER_TOKEN = 4
# What a picture, a recording or another part without text counts as.
_TOKENS_PER_BLOB = 256
_QUOTED_CHARACTERS = 80
_MOST_TOKENS = 131_072
SYSTEM_ROLES = {"system", "developer"}
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Part:
    """A piece of a message: its text, or None for a picture or another blob."""

    text: str | None


@dataclass(frozen=True)
class Message:
    role: str
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        return "".join(part.text or "" for part in self.parts)


@dataclass(frozen=True)
class Tool:
    """`parameters` is the JSON schema of the arguments."""

    name: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Prompt:
    """What is answered.

    `subject` is what the answer says it is about; `system_prompt` applies where no message is a system one.
    `json_schema` asks for JSON that fits it, and ``{}`` for any object; `options` are texts to choose one of.
    `tools` are those that may be called, and are called whatever the last message is where `must_call` is set. Where
    one `is_named` as the one to call, the answer ends with ``stop``, as OpenAI and vLLM do it.
    """

    messages: Sequence[Message]
    subject: str = "auto"
    system_prompt: str | None = None
    json_schema: Mapping[str, Any] | None = None
    options: Sequence[str] = ()
    tools: Sequence[Tool] = ()
    must_call: bool = False
    is_named: bool = False
    is_parallel: bool = True
    choices: int = 1
    min_tokens: int = 0
    max_tokens: int | None = None
    stop: Sequence[str] = ()

    @property
    def last_text(self) -> str:
        """What the last message says, whoever says it."""
        return self.messages[-1].text if self.messages else ""


@dataclass(frozen=True)
class ToolCall:
    """`arguments` are JSON, or the beginning of it where `max_tokens` cut them."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class Choice:
    """`pieces` are the text as a stream brings it.

    `finish_reason` is ``stop``, ``tool_calls``, or ``length`` where `max_tokens` cut the answer; `stop_reason` is the
    stop sequence that ended it.
    """

    pieces: tuple[str, ...]
    finish_reason: str
    tool_calls: tuple[ToolCall, ...] = ()
    stop_reason: str | None = None

    @property
    def text(self) -> str:
        return "".join(self.pieces)


@dataclass(frozen=True)
class Usage:
    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True)
class Reply:
    choices: tuple[Choice, ...]
    usage: Usage


def respond(prompt: Prompt) -> Reply:
    """Equal prompts get equal replies.

    Raises `NotAcceptable` for a JSON schema that nothing fits, and for more `min_tokens` than are made up.
    """
    if prompt.tools and (prompt.must_call or _last_role(prompt) != "tool"):
        tools = _tools_to_call(prompt)
        return reply(prompt, [_call(tools, number, prompt) for number in range(1, prompt.choices + 1)])
    text = _text(prompt)
    return reply(prompt, [_finish(text, number, prompt) for number in range(1, prompt.choices + 1)])


def reply(prompt: Prompt, choices: Sequence[Choice]) -> Reply:
    """Counts the tokens of `choices` and of what they answer."""
    return Reply(tuple(choices), Usage(count_prompt(prompt), sum(_tokens_of(choice) for choice in choices)))


def count_prompt(prompt: Prompt) -> int:
    """Its tokens."""
    messages = list(prompt.messages)
    if prompt.system_prompt and not any(message.role in SYSTEM_ROLES for message in messages):
        messages.insert(0, Message("system", (Part(prompt.system_prompt),)))
    return sum(count_tokens(part.text) for message in messages for part in message.parts)


def count_tokens(text: str | None) -> int:
    """Of a text, or of a part of a message that has none."""
    return _TOKENS_PER_BLOB if text is None else count_tokens_of(len(text))


def count_tokens_of(characters: int) -> int:
    """Of a text with so many characters."""
    return -(-characters // _CHARACTERS_PER_TOKEN)


def tokens_in(text: str) -> Iterator[str]:
    """The text, token by token."""
    for start in range(0, len(text), _CHARACTERS_PER_TOKEN):
        yield text[start : start + _CHARACTERS_PER_TOKEN]


def call_id(prompt: Prompt, number: int, place: int) -> str:
    """Another one in each turn of a conversation."""
    said = [[message.role, message.text] for message in prompt.messages]
    return f"chatcmpl-tool-{hashlib.sha256(json.dumps([said, number, place]).encode()).hexdigest()[:32]}"


def _last_role(prompt: Prompt) -> str | None:
    return prompt.messages[-1].role if prompt.messages else None


def _asked(prompt: Prompt) -> str:
    return next((message.text for message in reversed(prompt.messages) if message.role == "user"), "")


def _text(prompt: Prompt) -> str:
    if prompt.json_schema is None:
        said = f"You wrote: {_quoted(_asked(prompt))}"
        if _last_role(prompt) == "tool":
            said = f"The tool's result: {_quoted(prompt.messages[-1].text)}"
        return f"[{prompt.subject}] No model is behind this answer. {said}"
    if prompt.json_schema:
        return example_json(prompt.json_schema)
    return json.dumps({"task": prompt.subject, "input": _quoted(_asked(prompt))})


def _quoted(text: str) -> str:
    # Bounded before it is split: the message may be many MiB long.
    words = " ".join(text[: 4 * _QUOTED_CHARACTERS].split())
    return words if len(words) <= _QUOTED_CHARACTERS else words[: _QUOTED_CHARACTERS - 1] + "…"


def _finish(text: str, number: int, prompt: Prompt) -> Choice:
    """The text of the choice with this `number`, up to its first stop sequence or its last token."""
    if prompt.options:
        text = prompt.options[(number - 1) % len(prompt.options)]
    elif prompt.json_schema is None:
        text = _lengthened(text if number == 1 else f"{text} (choice {number})", prompt.min_tokens)
    end, stop_reason = min(
        ((text.find(stop), stop) for stop in prompt.stop if stop and stop in text), default=(len(text), None)
    )
    text = text[:end]
    if prompt.max_tokens is not None and count_tokens(text) > prompt.max_tokens:
        return Choice(tuple(islice(tokens_in(text), prompt.max_tokens)), "length")
    return Choice(tuple(tokens_in(text)), "stop", stop_reason=stop_reason)


def _lengthened(text: str, tokens: int) -> str:
    """Says it again until it has so many tokens."""
    if tokens > _MOST_TOKENS:
        raise NotAcceptable(f"The longest answer that is made up here has {_MOST_TOKENS} tokens.")
    length = max(len(text), tokens * _CHARACTERS_PER_TOKEN)
    return ((text + " ") * -(-length // (len(text) + 1)))[:length]


def _tools_to_call(prompt: Prompt) -> Sequence[Tool]:
    asked = _words(_asked(prompt))
    named = [tool for tool in prompt.tools if _words(tool.name) in asked]
    return (named or prompt.tools)[: None if named and prompt.is_parallel else 1]


def _words(text: str) -> str:
    """In lower case, each in spaces: ``get_weather`` and “get weather” are the same."""
    return f" {' '.join(_WORD.findall(text.lower()))} "


def _call(tools: Sequence[Tool], number: int, prompt: Prompt) -> Choice:
    """Calls of the `tools` in the choice with this `number`, up to the last token."""
    calls: list[ToolCall] = []
    left = prompt.max_tokens
    for place, tool in enumerate(tools):
        call = ToolCall(call_id(prompt, number, place), tool.name, example_json({"type": "object", **tool.parameters}))
        if left is not None:
            left -= count_tokens(call.name)
            if left < 0:
                return Choice((), "length", tuple(calls))
            arguments = "".join(islice(tokens_in(call.arguments), left))
            if arguments != call.arguments:
                return Choice((), "length", (*calls, replace(call, arguments=arguments)))
            left -= count_tokens(arguments)
        calls.append(call)
    return Choice((), "stop" if prompt.is_named else "tool_calls", tuple(calls))


def _tokens_of(choice: Choice) -> int:
    called = sum(count_tokens(call.name) + count_tokens(call.arguments) for call in choice.tool_calls)
    return count_tokens(choice.text) + called
