"""A chat completion from the model's name to the booked answer."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from .calls import Call
from .catalogue import is_vendor_model, task_of_alias
from .endpoints import Endpoint
from .errors import EndpointNotReady, NotFound
from .ledger import Charge, Debit
from .responder import Prompt, Reply, respond
from .state import State

AUTO = "auto"
# What ``auto`` costs in micro-USD where the organisation has no live endpoint that could answer.
_AUTO_MICRO_USD = 200
_AUTO_FRONTIER_MICRO_USD = 2_000


@dataclass(frozen=True)
class Completion:
    """`model` is what the answer says that it came from."""

    model: str
    reply: Reply
    debit: Debit


def complete(
    state: State,
    organisation_id: str,
    model: str,
    prompt: Prompt,
    *,
    request_id: str,
    idempotency_key: str | None,
) -> Completion:
    """Answers `prompt` and books the answer; a repeated `idempotency_key` is answered and not booked again.

    Raises `NotFound`, `OutOfCredit`, `EndpointNotReady`, and what `respond` raises.
    """
    began = time.perf_counter()
    now = state.now()
    endpoint = _endpoint_for(state, organisation_id, model, now)
    if state.ledger.find(organisation_id, idempotency_key) is None:
        state.ledger.require_credit(organisation_id)
    if endpoint is not None:
        _require_live(state, organisation_id, endpoint, now)
        prompt = replace(
            prompt,
            subject=f"{endpoint.task.id} by {endpoint.alias}",
            system_prompt=endpoint.task.recommended_system_prompt,
        )
    reply = respond(prompt)
    charge = Charge(
        endpoint_id=endpoint.id if endpoint else AUTO,
        request_id=request_id,
        prompt_tokens=reply.prompt_tokens,
        completion_tokens=reply.completion_tokens,
        micro_usd=endpoint.model.cost_per_request_micro_usd if endpoint else _AUTO_MICRO_USD,
        frontier_micro_usd=(
            endpoint.task.frontier.cost_per_request_micro_usd if endpoint else _AUTO_FRONTIER_MICRO_USD
        ),
        idempotency_key=idempotency_key,
    )
    debit = state.ledger.book(organisation_id, charge, now=now)
    milliseconds = (time.perf_counter() - began) * 1000
    call = Call(now, True, milliseconds, reply.prompt_tokens, reply.completion_tokens)
    state.calls.record(organisation_id, charge.endpoint_id, call)
    return Completion(model=charge.endpoint_id if model == AUTO else model, reply=reply, debit=debit)


def _endpoint_for(state: State, organisation_id: str, model: str, now: float) -> Endpoint | None:
    """The endpoint that `model` names; None for ``auto`` where none is live."""
    named = state.endpoints.find(organisation_id, model)
    if named is not None:
        return named
    owned = state.endpoints.list(organisation_id)
    # Live ones first, and among them the oldest.
    owned.sort(key=lambda endpoint: endpoint.status(now) != "live")
    if model == AUTO:
        return owned[0] if owned and owned[0].status(now) == "live" else None
    for endpoint in owned:
        if endpoint.alias == model:
            return endpoint
    raise NotFound(_why_unknown(model))


def _why_unknown(model: str) -> str:
    if "/" in model:
        return (
            f"{model!r} looks like a Hugging Face repo id, which is never a model here."
            " Use an endpoint id from GET /v1/models, or a per-task alias."
        )
    if is_vendor_model(model):
        return f"{model!r} is a vendor's model and not called through this route."
    task = task_of_alias(model)
    if task is not None:
        return f"{model!r} is not deployed in this organisation. Deploy it for the task {task.id} first."
    return f"No model {model!r} in this organisation. GET /v1/models lists what can be called."


def _require_live(state: State, organisation_id: str, endpoint: Endpoint, now: float) -> None:
    try:
        endpoint.require_live(now)
    except EndpointNotReady:
        state.calls.record(organisation_id, endpoint.id, Call(now, False))
        raise
