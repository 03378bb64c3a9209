"""Inference: OpenAI's chat completions, as vLLM speaks them, and the models that can be called."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import islice

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from pareta_openai.local import vllm_format
from pareta_openai.local.chat_request import ChatRequest
from pareta_openai.local.fault_injection import FaultyResponse
from pareta_openai.local.inference import Admission, admit, book, receipt, record_answer
from pareta_openai.local.operations import CHAT, require_operation
from pareta_openai.local.passing_on import pass_on
from pareta_openai.local.responder import Reply, respond
from pareta_openai.local.scripts import Turn
from pareta_openai.local.state import State
from pareta_openai.local.vllm_format import Heading, Logprobs

from .dependencies import CurrentState, Organisation, RequestMeter
from .event_stream import EVENT_STREAM

router: APIRouter = APIRouter(tags=["Inference"])

_EVENTS_AT_A_TIME = 32


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
    state, key = meter.state, meter.idempotency_key
    admission = admit(state, meter.organisation_id, body.model, request_id=meter.request_id, idempotency_key=key)
    prompt = admission.placed(body.prompt())
    script = state.scripts.of(meter.organisation_id)
    turn = script.take(admission.names, prompt.last_text, streams=bool(body.stream), idempotency_key=key) or Turn()

    async def answer() -> Response:
        if turn.said is not None:
            return _answer(state, admission, body, turn.said.reply(prompt))
        if state.model_server is not None:
            return await pass_on(state, state.model_server, admission, body, request.state.connection)
        return _answer(state, admission, body, respond(prompt))

    if turn.fault is None:
        return await answer()
    broken = await answer() if turn.fault.needs_answer else None
    return FaultyResponse(broken, turn.fault, require_operation(CHAT), state.clock)


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


def _answer(state: State, admission: Admission, body: ChatRequest, reply: Reply) -> Response:
    """Books `reply`, and says it as it was asked for."""
    with state.together():
        debit = book(state, admission, reply.usage)
        record_answer(state, admission, reply.usage)
    heading = Heading(f"chatcmpl-{admission.request_id}", int(admission.at), admission.model)
    logprobs = Logprobs(body.top_logprobs or 0) if body.logprobs else None
    if not body.stream:
        completion = vllm_format.completion(heading, reply, logprobs=logprobs)
        return Response(completion, media_type="application/json", headers=receipt(state, debit))
    events = vllm_format.events(heading, reply, logprobs=logprobs, include_usage=body.includes_usage)
    return StreamingResponse(_in_batches(events), media_type="text/event-stream", headers=receipt(state, debit))


async def _in_batches(events: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Several at a time, and other requests in between."""
    while batch := b"".join(islice(events, _EVENTS_AT_A_TIME)):
        yield batch
        await asyncio.sleep(0)
