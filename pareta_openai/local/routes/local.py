"""What only the local platform has: the organisation's books, and setting its balance."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

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


@router.get("/organisation")
async def retrieve_account(state: CurrentState, organisation: Organisation) -> Account:
    return _account(state, organisation)


@router.put("/balance")
async def set_balance(body: BalanceRequest, state: CurrentState, organisation: Organisation) -> Account:
    """The difference to the balance before is booked as a top-up, which may be negative."""
    state.ledger.set_balance(organisation, body.balance_micro_usd, now=state.now())
    return _account(state, organisation)


def _account(state: State, organisation: str) -> Account:
    return Account(
        id=organisation,
        balance_micro_usd=state.ledger.balance(organisation),
        spent_micro_usd=state.ledger.spent(organisation),
        topped_up_micro_usd=state.ledger.topped_up(organisation),
    )
