"""The live log of the requests that the platform gets, of all organisations."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from pareta_openai.local import request_log
from pareta_openai.local.errors import NotFound
from pareta_openai.local.request_log import without_secrets
from pareta_openai.local.state import State

from .dependencies import CurrentState

_BOOKED = ("prompt_tokens", "completion_tokens", "micro_usd", "frontier_micro_usd")

router: APIRouter = APIRouter(prefix="/_local/requests", tags=["Local only"])


class LoggedRequest(BaseModel):
    """`number` counts up; `state` is ``cut`` where the answer was not sent to its end; `problem` is what a refusal
    says. Tokens and money are those of what was booked for the request, null where nothing was."""

    number: int
    id: str
    at: float
    method: str
    path: str
    operation: str | None
    organisation: str | None
    model: str | None
    state: Literal["open", "answered", "cut"]
    status: int | None
    problem: str | None
    retry_after: str | None
    fault: str | None
    idempotency_key: str | None
    first_byte_milliseconds: float | None
    total_milliseconds: float | None
    prompt_tokens: int | None
    completion_tokens: int | None
    micro_usd: int | None
    frontier_micro_usd: int | None
    request_bytes: int
    response_bytes: int


class LoggedBody(BaseModel):
    """`text` is the beginning of so many `bytes`, all of them where it `is_whole`. Keys are taken out of it."""

    content_type: str
    bytes: int
    is_whole: bool
    text: str


class WholeRequest(LoggedRequest):
    request: LoggedBody
    response: LoggedBody


@router.get("", response_class=StreamingResponse)
async def watch_requests(
    state: CurrentState, last_event_id: Annotated[str | None, Header()] = None
) -> StreamingResponse:
    """Server-Sent Events without end: `log` with the log's id, which is another one in each run of the platform, then
    a `request` for each that is kept, and for each that comes and changes.

    A request comes again whenever something about it has changed, as it then stands; its `id` stays the same.
    `Last-Event-ID` goes on from there.
    """
    return StreamingResponse(_events(state, last_event_id), media_type="text/event-stream")


@router.get("/{request_id}")
async def retrieve_request(request_id: str, state: CurrentState) -> WholeRequest:
    """One request with its bodies."""
    request = state.requests.find(request_id)
    if request is None:
        raise NotFound(f"No request {request_id!r} among the last {request_log.KEPT_REQUESTS}.")
    return WholeRequest(
        **_described(request).model_dump(), request=_body(request.request), response=_body(request.response)
    )


async def _events(state: State, last_event_id: str | None) -> AsyncIterator[str]:
    yield f"event: log\ndata: {json.dumps({'id': state.requests.id})}\n\n"
    async for change in state.requests.watch(last_event_id):
        if change is None:
            yield ": nothing new\n\n"
        else:
            place, request = change
            yield f"id: {place}\nevent: request\ndata: {_described(request).model_dump_json()}\n\n"


def _described(request: request_log.LoggedRequest) -> LoggedRequest:
    others: dict[str, Any] = {
        "path": request.target,
        "idempotency_key": without_secrets(request.idempotency_key or "") or None,
        "request_bytes": request.request.size,
        "response_bytes": request.response.size,
        **{name: getattr(request.debit, name, None) for name in _BOOKED},
    }
    same = {name: getattr(request, name) for name in LoggedRequest.model_fields if name not in others}
    return LoggedRequest(**same, **others)


def _body(body: request_log.Body) -> LoggedBody:
    return LoggedBody(content_type=body.content_type, bytes=body.size, is_whole=body.is_whole, text=body.text)
