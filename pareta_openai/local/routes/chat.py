"""Inference: OpenAI's chat completions, as vLLM speaks them, and the models that can be called."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from pareta_openai.local.answering import answer
from pareta_openai.local.chat_request import ChatRequest
from pareta_openai.local.state import State

from .dependencies import CurrentState, Organisation, RequestMeter
from .event_stream import EVENT_STREAM

router: APIRouter = APIRouter(tags=["Inference"])


class Usage(BaseModel):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class CalledFunction(BaseModel):
    name: str
    arguments: str


class ToolCall(BaseModel):
    id: str
    type: str
    function: CalledFunction


class AssistantMessage(BaseModel):
    role: str
    content: str | None
    tool_calls: list[ToolCall] = []


class TokenLogprob(BaseModel):
    token: str
    logprob: float
    bytes: list[int]


class ChosenLogprob(TokenLogprob):
    top_logprobs: list[TokenLogprob]


class ChoiceLogprobs(BaseModel):
    content: list[ChosenLogprob]


class ChatChoice(BaseModel):
    index: int
    message: AssistantMessage
    logprobs: ChoiceLogprobs | None
    finish_reason: str
    stop_reason: str | None


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


@router.post("/chat/completions", response_model=ChatCompletion, responses={200: EVENT_STREAM})
async def create_chat_completion(
    body: ChatRequest,
    request: Request,
    meter: RequestMeter,
) -> Response:
    """One answer, or with `stream` its pieces as they come; billed when it is answered."""
    return await answer(meter, body, request.state.connection)


@router.get("/models")
async def list_models(state: CurrentState, organisation: Organisation) -> ModelList:
    """The live endpoints."""
    now = state.now()
    endpoints = state.endpoints.list(organisation)
    state.endpoints.look(organisation, endpoints, now=now)
    return ModelList(
        object="list",
        data=[
            Model(
                id=endpoint.id,
                object="model",
                owned_by=_owner(state),
                created=int(endpoint.created_at),
            )
            for endpoint in endpoints
            if endpoint.status(now) == "live"
        ],
    )


def _owner(state: State) -> str:
    source = (
        "local responder, no model" if state.model_server is None else f"local, by way of {state.model_server.name}"
    )
    return f"pareta ({source})"
