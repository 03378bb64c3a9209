"""Who may call which model, and what an answer costs."""

from __future__ import annotations

import time
from dataclasses import dataclass

from .calls import Call
from .catalogue import is_vendor_model, task_of_alias
from .chat_request import ChatRequest
from .endpoints import Endpoint
from .errors import EndpointNotReady, NotFound
from .ledger import Charge, Debit
from .responder import Prompt, Usage
from .state import State

AUTO = "auto"
# What ``auto`` costs in micro-USD where the organisation has no live endpoint that could answer.
_AUTO_MICRO_USD = 200
_AUTO_FRONTIER_MICRO_USD = 2_000


@dataclass(frozen=True)
class Admission:
    """A call that may be answered. `model` is what its answer says that it came from.

    `endpoint` is None for ``auto`` where none could answer. `at` is in seconds since the epoch, `began` by the
    machine's performance counter.
    """

    organisation_id: str
    asked: str
    model: str
    endpoint: Endpoint | None
    request_id: str
    idempotency_key: str | None
    at: float
    began: float

    @property
    def alias(self) -> str:
        return self.endpoint.alias if self.endpoint else AUTO

    @property
    def billed_to(self) -> str:
        """The endpoint's id, or ``auto``."""
        return self.endpoint.id if self.endpoint else AUTO

    @property
    def names(self) -> tuple[str, ...]:
        """Whatever the model that answers can be called, first what this call calls it."""
        return (self.asked, self.model, self.alias)

    def prompt(self, body: ChatRequest) -> Prompt:
        """What `body` asks, with what the endpoint adds to it. Raises `NotAcceptable`."""
        if self.endpoint is None:
            return body.prompt(subject=AUTO)
        task = self.endpoint.task
        return body.prompt(subject=f"{task.id} by {self.alias}", system_prompt=task.recommended_system_prompt)


def admit(state: State, organisation_id: str, model: str, *, request_id: str, idempotency_key: str | None) -> Admission:
    """Raises `NotFound`, `OutOfCredit` and `EndpointNotReady`."""
    began = time.perf_counter()
    now = state.now()
    endpoint = _endpoint_for(state, organisation_id, model, now)
    state.ledger.require_credit(organisation_id, idempotency_key)
    if endpoint is not None:
        _require_live(state, organisation_id, endpoint, now)
    return Admission(
        organisation_id=organisation_id,
        asked=model,
        model=model if endpoint is None or model != AUTO else endpoint.id,
        endpoint=endpoint,
        request_id=request_id,
        idempotency_key=idempotency_key,
        at=now,
        began=began,
    )


def book(state: State, admission: Admission, usage: Usage) -> Debit:
    """Bills the answer; one with an `idempotency_key` that was billed is not billed again. Raises `OutOfCredit`."""
    endpoint = admission.endpoint
    charge = Charge(
        endpoint_id=admission.billed_to,
        request_id=admission.request_id,
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        micro_usd=endpoint.model.cost_per_request_micro_usd if endpoint else _AUTO_MICRO_USD,
        frontier_micro_usd=(
            endpoint.task.frontier.cost_per_request_micro_usd if endpoint else _AUTO_FRONTIER_MICRO_USD
        ),
        idempotency_key=admission.idempotency_key,
    )
    return state.ledger.book(admission.organisation_id, charge, now=admission.at)


def receipt(state: State, debit: Debit) -> dict[str, str]:
    """What the head of an answer says that it cost; nothing on a platform that sends no receipts."""
    if not state.generation.sends_receipts:
        return {}
    return {
        "X-Pareta-Billed": str(debit.micro_usd),
        "X-Pareta-Frontier-Would-Have-Cost": str(debit.frontier_micro_usd),
    }


def record_answer(state: State, admission: Admission, usage: Usage) -> None:
    """For the metrics, when the answer is through."""
    milliseconds = (time.perf_counter() - admission.began) * 1000
    _record(state, admission, Call(admission.at, True, milliseconds, usage.prompt_tokens, usage.completion_tokens))


def record_failure(state: State, admission: Admission) -> None:
    """For the metrics, where the model could not be reached."""
    _record(state, admission, Call(admission.at, False))


def _record(state: State, admission: Admission, call: Call) -> None:
    state.calls.record(admission.organisation_id, admission.billed_to, call)
    if admission.asked == AUTO:
        state.auto_calls.record(admission.organisation_id, admission.request_id, call)


def _endpoint_for(state: State, organisation_id: str, model: str, now: float) -> Endpoint | None:
    """The endpoint that `model` names; None for ``auto`` where none is live."""
    named = state.endpoints.find(organisation_id, model)
    if named is not None:
        return named
    if model == AUTO and not state.generation.has_newer:
        raise NotFound(f"{AUTO!r} is a model of newer platforms: this one is {state.generation.name}.")
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
        state.endpoints.admit(organisation_id, endpoint, now=now)
    except EndpointNotReady:
        state.calls.record(organisation_id, endpoint.id, Call(now, False))
        raise
