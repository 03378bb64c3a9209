"""The platform as its owner sees it: every organisation, its keys, books, endpoints, runs and faults, and the clock.

A platform on loopback asks for no key here; one with an admin token does.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, cast

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.background import BackgroundTask

from pareta_openai.local.endpoints import RECOMMENDED, Endpoint, Lifecycle
from pareta_openai.local.ledger import Debit
from pareta_openai.local.organisations import ApiKey
from pareta_openai.local.server import Server
from pareta_openai.local.state import DEFAULT_BALANCE_MICRO_USD, State

from . import evals, local
from .dependencies import CurrentState, IdempotencyKey
from .endpoints import EndpointName

router: APIRouter = APIRouter(prefix="/_local", tags=["Admin"])


async def _tenant(organisation_id: str, state: CurrentState) -> str:
    return state.organisations.require(organisation_id)


Tenant = Annotated[str, Depends(_tenant)]
"""The id of the organisation in the path."""


class Key(BaseModel):
    """`last_four` is null for a key of which only the digest was kept."""

    id: str
    last_four: str | None
    created_at: float


class Organisation(local.Account):
    keys: list[Key]


class OrganisationRequest(BaseModel):
    """`endpoints` are tasks: a live endpoint for each."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    balance_micro_usd: int = DEFAULT_BALANCE_MICRO_USD
    endpoints: list[str] = Field(default_factory=list, max_length=100)


class NewKey(BaseModel):
    """`api_key` is shown this once. `id` is the organisation's or the key's, whichever was asked for."""

    id: str
    api_key: str


class TopUpRequest(BaseModel):
    micro_usd: int


class LedgerEntry(BaseModel):
    number: int
    endpoint_id: str
    request_id: str
    prompt_tokens: int
    completion_tokens: int
    micro_usd: int
    frontier_micro_usd: int
    idempotency_key: str | None
    at: float


class DeployRequest(BaseModel):
    """Null is the platform's own way: when this endpoint is live after a start, and when it goes cold."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    task: str
    model: str = RECOMMENDED
    name: EndpointName = None
    deploy_seconds: float | None = None
    deploy_polls: int | None = None
    idle_seconds: float | None = None


class FailRequest(BaseModel):
    message: str = "GPU pool exhausted"


class EndpointState(BaseModel):
    """`stage` is there while it is starting, `live_at` while it is starting or live, `idle_at` where it will be cold
    when it is not called until then."""

    id: str
    task: str
    model: str
    status: str
    created_at: float
    stage: str | None
    live_at: float | None
    idle_at: float | None
    failure: str | None
    is_seed: bool


class ClockState(BaseModel):
    """`ahead_seconds`: of the machine's clock."""

    now: float
    ahead_seconds: float


class ClockRequest(BaseModel):
    advance_seconds: float = Field(ge=0, allow_inf_nan=False)


class OutageRequest(BaseModel):
    for_seconds: float = Field(gt=0, allow_inf_nan=False)


@router.get("/organisations")
async def list_organisations(state: CurrentState) -> list[Organisation]:
    """Oldest first."""
    return [_organisation(state, organisation_id) for organisation_id in state.organisations.ids()]


@router.post("/organisations", status_code=201)
async def create_organisation(state: CurrentState, body: OrganisationRequest | None = None) -> NewKey:
    body = body or OrganisationRequest()
    organisation_id, api_key = state.create_organisation(
        balance_micro_usd=body.balance_micro_usd, endpoints=body.endpoints
    )
    return NewKey(id=organisation_id, api_key=api_key)


@router.get("/organisations/{organisation_id}")
async def retrieve_organisation(state: CurrentState, tenant: Tenant) -> Organisation:
    return _organisation(state, tenant)


@router.post("/organisations/{organisation_id}/keys", status_code=201)
async def mint_key(state: CurrentState, tenant: Tenant) -> NewKey:
    """One more key, beside those that the organisation has."""
    key, api_key = state.organisations.mint_key(tenant, now=state.now())
    return NewKey(id=key.id, api_key=api_key)


@router.delete("/organisations/{organisation_id}/keys/{key_id}", status_code=204)
async def revoke_key(key_id: str, state: CurrentState, tenant: Tenant) -> Response:
    state.organisations.revoke_key(tenant, key_id)
    return Response(status_code=204)


@router.post("/organisations/{organisation_id}/top-ups")
async def top_up(
    body: TopUpRequest, state: CurrentState, tenant: Tenant, idempotency_key: IdempotencyKey = None
) -> Organisation:
    """Booked once for each `Idempotency-Key`."""
    state.ledger.top_up(tenant, body.micro_usd, idempotency_key=idempotency_key, now=state.now())
    return _organisation(state, tenant)


@router.get("/organisations/{organisation_id}/ledger")
async def list_debits(
    state: CurrentState,
    tenant: Tenant,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[int, Query(ge=0, lt=1 << 63)] = 0,
) -> list[LedgerEntry]:
    """Oldest first, from the one after number `after`."""
    return [_entry(debit) for debit in state.ledger.debits(tenant, after=after, limit=limit)]


@router.get("/organisations/{organisation_id}/endpoints")
async def list_endpoints(state: CurrentState, tenant: Tenant) -> list[EndpointState]:
    """In the order in which they were deployed."""
    now = state.now()
    return [_endpoint(endpoint, now) for endpoint in state.endpoints.list(tenant)]


@router.post("/organisations/{organisation_id}/endpoints", status_code=201)
async def deploy_endpoint(
    body: DeployRequest, state: CurrentState, tenant: Tenant, idempotency_key: IdempotencyKey = None
) -> EndpointState:
    """Answers at once, whatever the endpoint's start takes."""
    now = state.now()
    endpoint = state.endpoints.deploy(
        tenant,
        task_id=body.task,
        model=body.model,
        name=body.name,
        idempotency_key=idempotency_key,
        lifecycle=Lifecycle(body.deploy_seconds, body.deploy_polls, body.idle_seconds),
        now=now,
    )
    return _endpoint(endpoint, now)


@router.post("/organisations/{organisation_id}/endpoints/{endpoint_id}/start")
async def start_endpoint(endpoint_id: str, state: CurrentState, tenant: Tenant) -> EndpointState:
    now = state.now()
    return _endpoint(state.endpoints.start(tenant, endpoint_id, now=now), now)


@router.post("/organisations/{organisation_id}/endpoints/{endpoint_id}/stop")
async def stop_endpoint(endpoint_id: str, state: CurrentState, tenant: Tenant) -> EndpointState:
    return _endpoint(state.endpoints.stop(tenant, endpoint_id), state.now())


@router.post("/organisations/{organisation_id}/endpoints/{endpoint_id}/cool")
async def cool_endpoint(endpoint_id: str, state: CurrentState, tenant: Tenant) -> EndpointState:
    """As if it had not been called for long: the next call starts it, and gets a 503."""
    return _endpoint(state.endpoints.cool(tenant, endpoint_id), state.now())


@router.post("/organisations/{organisation_id}/endpoints/{endpoint_id}/fail")
async def fail_endpoint(
    endpoint_id: str, state: CurrentState, tenant: Tenant, body: FailRequest | None = None
) -> EndpointState:
    message = (body or FailRequest()).message
    return _endpoint(state.endpoints.fail(tenant, endpoint_id, message), state.now())


@router.get("/organisations/{organisation_id}/eval-runs", response_model_exclude_unset=True)
async def list_eval_runs(state: CurrentState, tenant: Tenant) -> list[evals.EvalRun]:
    """In the order in which they were started, with what came of them."""
    return [await evals.retrieve_eval_run(run_id, state, tenant) for run_id in state.eval_runs.ids(tenant)]


@router.get("/organisations/{organisation_id}/faults")
async def list_faults(state: CurrentState, tenant: Tenant) -> local.ArmedFaultList:
    """What is still armed, with the times that are left."""
    return await local.list_faults(state, tenant)


@router.post("/organisations/{organisation_id}/faults", status_code=201)
async def arm_fault(body: local.FaultRequest, state: CurrentState, tenant: Tenant) -> local.ArmedFault:
    """A fault by its name, with its arguments beside it: ``{"fault": "drop", "after_events": 3, "on": …}``."""
    return await local.arm_fault(body, state, tenant)


@router.delete("/organisations/{organisation_id}/faults/{number}", status_code=204)
async def disarm_fault(number: int, state: CurrentState, tenant: Tenant) -> Response:
    state.faults.disarm(tenant, number)
    return Response(status_code=204)


@router.delete("/organisations/{organisation_id}/faults", status_code=204)
async def clear_faults(state: CurrentState, tenant: Tenant) -> Response:
    return await local.clear_faults(state, tenant)


@router.get("/clock")
async def retrieve_clock(state: CurrentState) -> ClockState:
    return _clock(state)


@router.post("/clock")
async def advance_clock(body: ClockRequest, state: CurrentState) -> ClockState:
    """Moves it forward. What waits for a time that has come with it goes on at once."""
    state.clock.advance(seconds=body.advance_seconds)
    return _clock(state)


@router.post("/outages", status_code=202)
async def begin_outage(body: OutageRequest, state: CurrentState, request: Request) -> Response:
    """From this answer on the API refuses every connection, for so many seconds of the platform's clock."""
    server = cast(Server, request.app.state.server)
    # Reckoned now: the clock may be moved as soon as the first connection is refused.
    end = state.clock.now() + body.for_seconds

    async def outage() -> None:
        await server.refuse()
        try:
            await state.clock.sleep_until(end)
        finally:
            await server.accept()

    async def begin() -> None:
        state.background.start("outage", outage)

    return Response(status_code=202, background=BackgroundTask(begin))


def _organisation(state: State, organisation_id: str) -> Organisation:
    account = state.ledger.account(organisation_id)
    keys = [_key(key) for key in state.organisations.keys(organisation_id)]
    return Organisation(**vars(account), keys=keys)


def _key(key: ApiKey) -> Key:
    return Key(**vars(key))


def _entry(debit: Debit) -> LedgerEntry:
    return LedgerEntry(**vars(debit))


def _endpoint(endpoint: Endpoint, now: float) -> EndpointState:
    return EndpointState(
        id=endpoint.id,
        task=endpoint.task.id,
        model=endpoint.alias,
        status=endpoint.status(now),
        stage=endpoint.stages(now)[-1].name if endpoint.status(now) == "starting" else None,
        created_at=endpoint.created_at,
        live_at=endpoint.live_at,
        idle_at=endpoint.idle_at,
        failure=endpoint.failure,
        is_seed=endpoint.is_seed,
    )


def _clock(state: State) -> ClockState:
    return ClockState(now=state.now(), ahead_seconds=state.clock.ahead)
