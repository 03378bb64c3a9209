"""The answers of a platform with no model behind it: a pure function of the request.

One token is four characters of text; the last one of a text may be shorter.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .json_schema import example_json

_CHARACTERS_PER_TOKEN = 4
# What a picture, a recording or another part without text counts as.
_TOKENS_PER_BLOB = 256
_QUOTED_CHARACTERS = 80
_SYSTEM_ROLES = {"system", "developer"}


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
class Prompt:
    """What is answered. `json_schema` asks for JSON that fits it; ``{}`` is any object.

    `subject` is what the answer says it is about; `system_prompt` applies where no message is a system one.
    """

    messages: Sequence[Message]
    subject: str = "auto"
    system_prompt: str | None = None
    json_schema: Mapping[str, Any] | None = None
    choices: int = 1
    max_tokens: int | None = None
    stop: Sequence[str] = ()


@dataclass(frozen=True)
class Choice:
    """`finish_reason` is ``stop``, or ``length`` where `max_tokens` cut the text."""

    text: str
    finish_reason: str

    def tokens(self) -> Iterator[str]:
        for start in range(0, len(self.text), _CHARACTERS_PER_TOKEN):
            yield self.text[start : start + _CHARACTERS_PER_TOKEN]


@dataclass(frozen=True)
class Reply:
    choices: tuple[Choice, ...]
    prompt_tokens: int
    completion_tokens: int


def respond(prompt: Prompt) -> Reply:
    """Equal prompts get equal replies. Raises `NotAcceptable` for a JSON schema that nothing fits."""
    messages = list(prompt.messages)
    if prompt.system_prompt and not any(message.role in _SYSTEM_ROLES for message in messages):
        messages.insert(0, Message("system", (Part(prompt.system_prompt),)))
    asked = next((message.text for message in reversed(messages) if message.role == "user"), "")
    text = _text(prompt, asked)
    choices = tuple(_finish(text, number, prompt) for number in range(1, prompt.choices + 1))
    return Reply(
        choices=choices,
        prompt_tokens=sum(_tokens_in(part.text) for message in messages for part in message.parts),
        completion_tokens=sum(_tokens_in(choice.text) for choice in choices),
    )


def _text(prompt: Prompt, asked: str) -> str:
    if prompt.json_schema is None:
        return f"[{prompt.subject}] No model is behind this answer. You wrote: {_quoted(asked)}"
    if prompt.json_schema:
        return example_json(prompt.json_schema)
    return json.dumps({"task": prompt.subject, "input": _quoted(asked)})


def _quoted(asked: str) -> str:
    # Bounded before it is split: the message may be many MiB long.
    words = " ".join(asked[: 4 * _QUOTED_CHARACTERS].split())
    return words if len(words) <= _QUOTED_CHARACTERS else words[: _QUOTED_CHARACTERS - 1] + "…"


def _finish(text: str, number: int, prompt: Prompt) -> Choice:
    """The text of the choice with this `number`, up to its first stop sequence or its last token."""
    if number > 1 and prompt.json_schema is None:
        text += f" (choice {number})"
    ends = [text.find(stop) for stop in prompt.stop if stop]
    text = text[: min((end for end in ends if end >= 0), default=len(text))]
    if prompt.max_tokens is not None and _tokens_in(text) > prompt.max_tokens:
        return Choice(text[: prompt.max_tokens * _CHARACTERS_PER_TOKEN], "length")
    return Choice(text, "stop")


def _tokens_in(text: str | None) -> int:
    return _TOKENS_PER_BLOB if text is None else -(-len(text) // _CHARACTERS_PER_TOKEN)
