"""Endpoints: deploying them, and their life."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from pareta_openai.local.bodies import Body
from pareta_openai.local.endpoints import RECOMMENDED, Endpoint
from pareta_openai.local.state import State

from .dependencies import CurrentState, IdempotencyKey, Organisation

router: APIRouter = APIRouter(prefix="/endpoints", tags=["Endpoints"])

# What a deploy reports, and after which share of its time.
_STAGES: tuple[tuple[float, dict[str, Any]], ...] = (
    (0.0, {"stage": "provisioning-gpu", "label": "Provisioning GPU"}),
    (0.2, {"stage": "pulling-weights", "label": "Pulling weights", "pct": 0}),
    (0.4, {"stage": "pulling-weights", "label": "Pulling weights", "pct": 45}),
    (0.6, {"stage": "pulling-weights", "label": "Pulling weights", "pct": 100}),
    (0.8, {"stage": "starting-server", "label": "Starting server"}),
)

EndpointName = Annotated[str | None, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]


class DeployRequest(Body):
    task: str
    model: str = RECOMMENDED
    name: EndpointName = None


class EndpointRecord(BaseModel):
    """The names are spelt as on the wire."""

    id: str
    name: str
    model: str
    status: str
    taskName: str
    url: str | None
    recommendedSystemPrompt: str | None
    promptScaffold: str | None


class EndpointStatus(BaseModel):
    id: str
    status: str


@router.post("", response_class=StreamingResponse)
async def deploy_endpoint(
    body: DeployRequest,
    request: Request,
    state: CurrentState,
    organisation: Organisation,
    idempotency_key: IdempotencyKey = None,
) -> StreamingResponse:
    """Named events: `progress`, then `complete` with the endpoint, or `error`."""
    endpoint = state.endpoints.deploy(
        organisation,
        task_id=body.task,
        model=body.model,
        name=body.name,
        idempotency_key=idempotency_key,
        now=state.now(),
        ready_in=state.deploy_seconds,
    )
    return StreamingResponse(
        _deploy_events(state, organisation, endpoint, _url(request)), media_type="text/event-stream"
    )


@router.get("")
async def list_endpoints(request: Request, state: CurrentState, organisation: Organisation) -> list[EndpointRecord]:
    now, url = state.now(), _url(request)
    return [_record(endpoint, now, url) for endpoint in state.endpoints.list(organisation)]


@router.get("/{endpoint_id}")
async def retrieve_endpoint(
    endpoint_id: str, request: Request, state: CurrentState, organisation: Organisation
) -> EndpointRecord:
    return _record(state.endpoints.get(organisation, endpoint_id), state.now(), _url(request))


@router.post("/{endpoint_id}/start")
async def start_endpoint(endpoint_id: str, state: CurrentState, organisation: Organisation) -> EndpointStatus:
    now = state.now()
    endpoint = state.endpoints.start(organisation, endpoint_id, now=now, ready_in=state.deploy_seconds)
    return EndpointStatus(id=endpoint.id, status=endpoint.status(now))


@router.post("/{endpoint_id}/stop")
async def stop_endpoint(endpoint_id: str, state: CurrentState, organisation: Organisation) -> EndpointStatus:
    endpoint = state.endpoints.stop(organisation, endpoint_id)
    return EndpointStatus(id=endpoint.id, status=endpoint.status(state.now()))


@router.delete("/{endpoint_id}", status_code=204)
async def delete_endpoint(endpoint_id: str, state: CurrentState, organisation: Organisation) -> Response:
    state.endpoints.delete(organisation, endpoint_id)
    return Response(status_code=204)


async def _deploy_events(state: State, organisation: str, deployed: Endpoint, url: str) -> AsyncIterator[bytes]:
    live_at = deployed.live_at
    if live_at is not None:
        for share, progress in _STAGES:
            due = live_at - (1 - share) * state.deploy_seconds
            await state.clock.sleep(due - state.now())
            yield _event("progress", progress)
        await state.clock.sleep(live_at - state.now())
    endpoint = state.endpoints.find(organisation, deployed.id)
    if endpoint is None:
        yield _event("error", {"message": f"{deployed.id} was deleted while it was deploying."})
        return
    now = state.now()
    if endpoint.status(now) != "live":
        yield _event("error", {"message": endpoint.failure or f"{endpoint.id} is {endpoint.status(now)}, not live."})
        return
    yield _event("complete", {"endpoint": _record(endpoint, now, url).model_dump()})


def _event(name: str, data: dict[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


def _url(request: Request) -> str:
    return f"http://{request.url.netloc}/v1"


def _record(endpoint: Endpoint, now: float, url: str) -> EndpointRecord:
    status = endpoint.status(now)
    return EndpointRecord(
        id=endpoint.id,
        name=endpoint.id,
        model=endpoint.alias,
        status=status,
        taskName=endpoint.task.id,
        url=url if status == "live" else None,
        recommendedSystemPrompt=endpoint.task.recommended_system_prompt,
        promptScaffold=endpoint.task.prompt_scaffold,
    )
