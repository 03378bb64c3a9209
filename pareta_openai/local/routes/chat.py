"""Inference: OpenAI's chat completions, as vLLM speaks them, and the models that can be called."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any, ClassVar

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, field_validator

from pareta_openai.local.inference import Completion, complete
from pareta_openai.local.responder import Message, Part, Prompt

from .dependencies import CurrentState, IdempotencyKey, Organisation, RequestId

router: APIRouter = APIRouter(tags=["Inference"])


class _Open(BaseModel):
    """A part of a request: what is not named here passes through."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")


class ContentPart(_Open):
    type: str
    text: str | None = None

    @field_validator("text")
    @classmethod
    def _check_text(cls, text: str | None) -> str | None:
        return _encodable(text) if text else text


class ChatMessage(_Open):
    role: str
    content: str | list[ContentPart] | None = None

    @field_validator("content")
    @classmethod
    def _check_content(cls, content: str | list[ContentPart] | None) -> str | list[ContentPart] | None:
        return _encodable(content) if isinstance(content, str) else content


class StreamOptions(_Open):
    include_usage: bool | None = None


class NamedSchema(_Open):
    definition: dict[str, Any] = Field(default_factory=dict, alias="schema")


class ResponseFormat(_Open):
    type: str
    json_schema: NamedSchema | None = None


class ChatRequest(_Open):
    model: str = Field(min_length=1)
    messages: list[ChatMessage] = Field(min_length=1)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: int | None = Field(default=None, ge=1, le=128)
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    stop: str | list[str] | None = None
    response_format: ResponseFormat | None = None

    def prompt(self) -> Prompt:
        return Prompt(
            messages=[Message(message.role, _parts(message.content)) for message in self.messages],
            json_schema=self._json_schema(),
            choices=self.n or 1,
            max_tokens=self.max_completion_tokens or self.max_tokens,
            stop=[self.stop] if isinstance(self.stop, str) else self.stop or (),
        )

    def _json_schema(self) -> Mapping[str, Any] | None:
        wanted = self.response_format
        if wanted is None or wanted.type not in ("json_object", "json_schema"):
            return None
        return wanted.json_schema.definition if wanted.json_schema else {}


class Usage(BaseModel):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class AssistantMessage(BaseModel):
    role: str
    content: str | None


class ChatChoice(BaseModel):
    index: int
    message: AssistantMessage
    logprobs: None
    finish_reason: str


class ChatCompletion(BaseModel):
    id: str
    object: str
    created: int
    model: str
    choices: list[ChatChoice]
    usage: Usage


class Model(BaseModel):
    id: str
    object: str
    owned_by: str
    created: int


class ModelList(BaseModel):
    object: str
    data: list[Model]


@router.post("/chat/completions", response_model=ChatCompletion)
async def create_chat_completion(
    body: ChatRequest,
    state: CurrentState,
    organisation: Organisation,
    request_id: RequestId,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """One answer, or with `stream` its pieces as they come; billed when it is answered."""
    completion = complete(
        state,
        organisation,
        body.model,
        body.prompt(),
        request_id=request_id,
        idempotency_key=idempotency_key,
    )
    receipt = {
        "X-Pareta-Billed": str(completion.debit.micro_usd),
        "X-Pareta-Frontier-Would-Have-Cost": str(completion.debit.frontier_micro_usd),
    }
    head = {
        "id": f"chatcmpl-{request_id}",
        "object": "chat.completion",
        "created": int(state.now()),
        "model": completion.model,
    }
    if not body.stream:
        return Response(_plain(head, completion), media_type="application/json", headers=receipt)
    include_usage = body.stream_options is not None and bool(body.stream_options.include_usage)
    return StreamingResponse(
        _stream(head, completion, include_usage=include_usage),
        media_type="text/event-stream",
        headers=receipt,
    )


@router.get("/models")
async def list_models(state: CurrentState, organisation: Organisation) -> ModelList:
    """The live endpoints."""
    now = state.now()
    return ModelList(
        object="list",
        data=[
            Model(
                id=endpoint.id,
                object="model",
                owned_by="pareta (local responder, no model)",
                created=int(endpoint.created_at),
            )
            for endpoint in state.endpoints.list(organisation)
            if endpoint.status(now) == "live"
        ],
    )


def _encodable(text: str) -> str:
    """JSON can spell half of a surrogate pair, which no answer could quote. Raises `ValueError` for one."""
    text.encode()
    return text


def _parts(content: str | list[ContentPart] | None) -> tuple[Part, ...]:
    if isinstance(content, str):
        return (Part(content),)
    return tuple(Part(part.text) for part in content or ())


def _plain(head: dict[str, Any], completion: Completion) -> bytes:
    choices = [
        {
            "index": index,
            "message": {"role": "assistant", "content": choice.text},
            "logprobs": None,
            "finish_reason": choice.finish_reason,
        }
        for index, choice in enumerate(completion.reply.choices)
    ]
    return _json({**head, "choices": choices, "usage": _usage(completion)})


async def _stream(head: dict[str, Any], completion: Completion, *, include_usage: bool) -> AsyncIterator[bytes]:
    head = {**head, "object": "chat.completion.chunk"}

    def chunk(index: int, delta: dict[str, str], finish_reason: str | None = None) -> bytes:
        choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return _event({**head, "choices": [choice]})

    for index, choice in enumerate(completion.reply.choices):
        yield chunk(index, {"role": "assistant", "content": ""})
        for token in choice.tokens():
            yield chunk(index, {"content": token})
        yield chunk(index, {"content": ""}, choice.finish_reason)
    if include_usage:
        yield _event({**head, "choices": [], "usage": _usage(completion)})
    yield b"data: [DONE]\n\n"


def _usage(completion: Completion) -> dict[str, int]:
    reply = completion.reply
    return {
        "prompt_tokens": reply.prompt_tokens,
        "completion_tokens": reply.completion_tokens,
        "total_tokens": reply.prompt_tokens + reply.completion_tokens,
    }


def _event(payload: dict[str, Any]) -> bytes:
    return b"data: " + _json(payload) + b"\n\n"


def _json(payload: dict[str, Any]) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
