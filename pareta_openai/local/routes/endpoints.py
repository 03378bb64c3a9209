"""Endpoints: deploying them, and their life."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from pareta_openai.local.bodies import Body
from pareta_openai.local.changes import first
from pareta_openai.local.connection import Connection
from pareta_openai.local.endpoints import RECOMMENDED, Endpoint, Stage
from pareta_openai.local.state import State

from .dependencies import CurrentState, IdempotencyKey, Organisation
from .event_stream import EVENT_STREAM

router: APIRouter = APIRouter(prefix="/endpoints", tags=["Endpoints"])

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


@router.post("", response_class=StreamingResponse, responses={200: EVENT_STREAM})
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
    )
    return StreamingResponse(
        _deploy_events(state, organisation, endpoint, _url(request), request.state.connection),
        media_type="text/event-stream",
    )


@router.get("")
async def list_endpoints(request: Request, state: CurrentState, organisation: Organisation) -> list[EndpointRecord]:
    now, url = state.now(), _url(request)
    endpoints = state.endpoints.list(organisation)
    state.endpoints.look(organisation, endpoints, now=now)
    return [_record(endpoint, now, url) for endpoint in endpoints]


@router.get("/{endpoint_id}")
async def retrieve_endpoint(
    endpoint_id: str, request: Request, state: CurrentState, organisation: Organisation
) -> EndpointRecord:
    now, endpoint = state.now(), state.endpoints.get(organisation, endpoint_id)
    state.endpoints.look(organisation, [endpoint], now=now)
    return _record(endpoint, now, _url(request))


@router.post("/{endpoint_id}/start")
async def start_endpoint(endpoint_id: str, state: CurrentState, organisation: Organisation) -> EndpointStatus:
    now = state.now()
    endpoint = state.endpoints.start(organisation, endpoint_id, now=now)
    return EndpointStatus(id=endpoint.id, status=endpoint.status(now))


@router.post("/{endpoint_id}/stop")
async def stop_endpoint(endpoint_id: str, state: CurrentState, organisation: Organisation) -> EndpointStatus:
    endpoint = state.endpoints.stop(organisation, endpoint_id)
    return EndpointStatus(id=endpoint.id, status=endpoint.status(state.now()))


@router.delete("/{endpoint_id}", status_code=204)
async def delete_endpoint(endpoint_id: str, state: CurrentState, organisation: Organisation) -> Response:
    state.endpoints.delete(organisation, endpoint_id)
    return Response(status_code=204)


async def _deploy_events(
    state: State, organisation: str, deployed: Endpoint, url: str, connection: Connection
) -> AsyncIterator[bytes]:
    told = 0
    with state.endpoints.changes.watch() as changed:
        # What nobody reads any more is no look at it.
        while not connection.is_lost:
            changed.clear()
            endpoint = state.endpoints.find(organisation, deployed.id)
            # Another one may have its name by now.
            if endpoint is None or endpoint.created_at != deployed.created_at:
                yield _event("error", {"message": f"{deployed.id} was deleted while it was deploying."})
                return
            now = state.now()
            status = endpoint.status(now)
            if status != "starting" and not endpoint.has_started(now):
                yield _event("error", {"message": endpoint.failure or f"{deployed.id} is {status}, not live."})
                return
            stages = endpoint.stages(now)
            for stage in stages[told:]:
                yield _event("progress", _progress(stage))
            told = len(stages)
            if endpoint.has_started(now):
                yield _event("complete", {"endpoint": _record(endpoint, now, url).model_dump()})
                return
            state.endpoints.look(organisation, [endpoint], now=now)
            await first(state.clock.sleep_until(endpoint.next_change(now)), changed.wait())


def _progress(stage: Stage) -> dict[str, Any]:
    percent = {} if stage.percent is None else {"pct": stage.percent}
    return {"stage": stage.name, "label": stage.label, **percent}


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
