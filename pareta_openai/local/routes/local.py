"""What only the local platform has: the organisation's books, setting its balance, and faults to meet."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from pareta_openai.local import armed_faults, faults
from pareta_openai.local.state import State

from .dependencies import CurrentState, Organisation

router: APIRouter = APIRouter(prefix="/_local", tags=["Local only"])


class Account(BaseModel):
    """`topped_up_micro_usd` - `spent_micro_usd` is always `balance_micro_usd`."""

    id: str
    balance_micro_usd: int
    spent_micro_usd: int
    topped_up_micro_usd: int


class BalanceRequest(BaseModel):
    balance_micro_usd: int


class _ForRequests(BaseModel):
    model_config = ConfigDict(extra="allow")

    fault: str
    on: str = armed_faults.ANY
    times: int | None = 1


class FaultRequest(_ForRequests):
    """`on` is an `operationId` of the contract or ``*``; `times` null is every request from now on, or those of the
    next `for_seconds` by the platform's clock. Each of them meets it with this `probability`, the same ones for the
    same `seed`."""

    for_seconds: float | None = None
    probability: float = 1.0
    seed: int = 0


class ArmedFault(_ForRequests):
    """The same with the times that are left, `until` when where it ends, and the number that it can be disarmed by."""

    number: int


class ArmedFaultList(BaseModel):
    faults: list[ArmedFault]


@router.get("/organisation")
async def retrieve_account(state: CurrentState, organisation: Organisation) -> Account:
    return account(state, organisation)


@router.put("/balance")
async def set_balance(body: BalanceRequest, state: CurrentState, organisation: Organisation) -> Account:
    """The difference to the balance before is booked as a top-up, which may be negative."""
    state.ledger.set_balance(organisation, body.balance_micro_usd, now=state.now())
    return account(state, organisation)


@router.post("/faults", status_code=201)
async def arm_fault(body: FaultRequest, state: CurrentState, organisation: Organisation) -> ArmedFault:
    """A fault by its name, with its arguments beside it: ``{"fault": "drop", "after_events": 3, "on": …}``."""
    fault = faults.read({**(body.model_extra or {}), "fault": body.fault})
    how = body.model_dump(include={"on", "times", "for_seconds", "probability", "seed"})
    return _armed(state.faults.arm(organisation, fault, **how))


@router.get("/faults")
async def list_faults(state: CurrentState, organisation: Organisation) -> ArmedFaultList:
    """What is still armed, with the times that are left."""
    return ArmedFaultList(faults=[_armed(fault) for fault in state.faults.list(organisation)])


@router.delete("/faults", status_code=204)
async def clear_faults(state: CurrentState, organisation: Organisation) -> Response:
    state.faults.clear(organisation)
    return Response(status_code=204)


def _armed(armed: armed_faults.ArmedFault) -> ArmedFault:
    return ArmedFault(**armed.document)


def account(state: State, organisation: str) -> Account:
    return Account(**vars(state.ledger.account(organisation)))
