"""The body of a chat completion: what is looked at of it, and the prompt that it comes to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, Json, field_validator, model_validator

from .bodies import Body, Integer
from .errors import NotAcceptable
from .responder import Message, Part, Prompt, Tool

if TYPE_CHECKING:
    from typing_extensions import Self

_Name = Annotated[str, Field(min_length=1)]


class ContentPart(Body):
    type: str
    text: str | None = None

    @field_validator("text")
    @classmethod
    def _check_text(cls, text: str | None) -> str | None:
        return _encodable(text) if text else text


class ChatMessage(Body):
    role: str
    content: str | list[ContentPart] | None = None

    @field_validator("content")
    @classmethod
    def _check_content(cls, content: str | list[ContentPart] | None) -> str | list[ContentPart] | None:
        return _encodable(content) if isinstance(content, str) else content


class StreamOptions(Body):
    include_usage: bool | None = None


class NamedSchema(Body):
    definition: dict[str, Any] = Field(default_factory=dict, alias="schema")


class ResponseFormat(Body):
    type: str
    json_schema: NamedSchema | None = None


class FunctionDefinition(Body):
    name: _Name
    parameters: dict[str, Any] | None = None


class FunctionTool(Body):
    type: Literal["function"]
    function: FunctionDefinition


class FunctionName(Body):
    name: _Name


class NamedTool(Body):
    type: Literal["function"]
    function: FunctionName


class AllowedToolList(Body):
    mode: Literal["auto", "required"]
    tools: list[NamedTool]


class AllowedTools(Body):
    type: Literal["allowed_tools"]
    allowed_tools: AllowedToolList


class StructuredOutputs(Body):
    """vLLM's own way to say what fits; `regex`, `grammar` and the rest pass through, and are not looked at."""

    definition: dict[str, Any] | Json[dict[str, Any]] | None = Field(default=None, alias="json")
    choice: list[_Name] | None = Field(default=None, min_length=1)


class ChatRequest(Body):
    """`guided_json` and `guided_choice` are what `structured_outputs` was called before."""

    model: _Name
    messages: list[ChatMessage] = Field(min_length=1)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Integer | None = Field(default=None, ge=1, le=128)
    min_tokens: Integer | None = Field(default=None, ge=0)
    max_tokens: Integer | None = Field(default=None, ge=1)
    max_completion_tokens: Integer | None = Field(default=None, ge=1)
    ignore_eos: bool | None = None
    stop: str | list[str] | None = None
    response_format: ResponseFormat | None = None
    structured_outputs: StructuredOutputs | None = None
    guided_json: dict[str, Any] | Json[dict[str, Any]] | None = None
    guided_choice: list[_Name] | None = Field(default=None, min_length=1)
    tools: list[FunctionTool] | None = None
    tool_choice: Literal["none", "auto", "required"] | NamedTool | AllowedTools | None = None
    parallel_tool_calls: bool | None = None
    logprobs: bool | None = None
    top_logprobs: Integer | None = Field(default=None, ge=0, le=20)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.top_logprobs and not self.logprobs:
            raise ValueError("top_logprobs needs logprobs to be true")
        return self

    @property
    def includes_usage(self) -> bool:
        return self.stream_options is not None and bool(self.stream_options.include_usage)

    def prompt(self, *, subject: str, system_prompt: str | None = None) -> Prompt:
        """Raises `NotAcceptable` for a `tool_choice` that names none of the tools."""
        limit = self.max_completion_tokens or self.max_tokens
        structured = self.structured_outputs or StructuredOutputs()
        return Prompt(
            subject=subject,
            system_prompt=system_prompt,
            messages=[Message(message.role, _parts(message.content)) for message in self.messages],
            json_schema=self._json_schema(structured),
            options=structured.choice or self.guided_choice or (),
            tools=self._tools(),
            must_call=self.tool_choice == "required"
            or isinstance(self.tool_choice, NamedTool)
            or (isinstance(self.tool_choice, AllowedTools) and self.tool_choice.allowed_tools.mode == "required"),
            is_named=isinstance(self.tool_choice, NamedTool),
            is_parallel=self.parallel_tool_calls is not False,
            choices=self.n or 1,
            min_tokens=(limit if self.ignore_eos else None) or self.min_tokens or 0,
            max_tokens=limit,
            stop=[self.stop] if isinstance(self.stop, str) else self.stop or (),
        )

    def _json_schema(self, structured: StructuredOutputs) -> Mapping[str, Any] | None:
        wanted = self.response_format
        if wanted is not None and wanted.type in ("json_object", "json_schema"):
            return wanted.json_schema.definition if wanted.json_schema else {}
        return self.guided_json if structured.definition is None else structured.definition

    def _tools(self) -> list[Tool]:
        """Those that may be called."""
        offered = {
            tool.function.name: Tool(tool.function.name, tool.function.parameters or {}) for tool in self.tools or ()
        }
        wanted = self.tool_choice
        if wanted is None or isinstance(wanted, str):
            if wanted in ("auto", "required") and not offered:
                raise NotAcceptable(f"tool_choice is {json.dumps(wanted)}, and there are no tools.")
            return [] if wanted == "none" else list(offered.values())
        names = [wanted] if isinstance(wanted, NamedTool) else wanted.allowed_tools.tools
        unknown = [tool.function.name for tool in names if tool.function.name not in offered]
        if unknown:
            raise NotAcceptable(f"tool_choice names {', '.join(unknown)}, which is not among the tools.")
        return [offered[tool.function.name] for tool in names]


def _encodable(text: str) -> str:
    """JSON can spell half of a surrogate pair, which no answer could quote. Raises `ValueError` for one."""
    text.encode()
    return text


def _parts(content: str | list[ContentPart] | None) -> tuple[Part, ...]:
    if isinstance(content, str):
        return (Part(content),)
    return tuple(Part(part.text) for part in content or ())
