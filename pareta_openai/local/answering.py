"""A chat completion from its body to its answer: by a script, by a model server, or made up."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import islice

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from . import vllm_format
from .chat_request import ChatRequest
from .connection import Connection
from .fault_injection import FaultyResponse
from .inference import Admission, admit, book, receipt, record_answer
from .metering import Meter
from .operations import CHAT, require_operation
from .passing_on import pass_on
from .responder import Reply, respond
from .scripts import Turn
from .state import State
from .vllm_format import Heading, Logprobs

_EVENTS_AT_A_TIME = 32


async def answer(meter: Meter, body: ChatRequest, connection: Connection) -> Response:
    """Booked, but for a stream's last tokens. Raises what `admit`, `book`, a script and the responder raise."""
    state, key = meter.state, meter.idempotency_key
    admission = admit(state, meter.organisation_id, body.model, request_id=meter.request_id, idempotency_key=key)
    prompt = admission.prompt(body)
    script = state.scripts.of(meter.organisation_id)
    turn = script.take(admission.names, prompt.last_text, streams=bool(body.stream), idempotency_key=key) or Turn()

    async def unbroken() -> Response:
        if turn.said is not None:
            return _say(state, admission, body, turn.said.reply(prompt))
        if state.model_server is not None:
            return await pass_on(state, state.model_server, admission, body, connection)
        return _say(state, admission, body, respond(prompt))

    if turn.fault is None:
        return await unbroken()
    response = await unbroken() if turn.fault.needs_answer else None
    return FaultyResponse(response, turn.fault, require_operation(CHAT), state.clock)


def _say(state: State, admission: Admission, body: ChatRequest, reply: Reply) -> Response:
    """Books `reply`, and says it as it was asked for."""
    with state.together():
        debit = book(state, admission, reply.usage)
        record_answer(state, admission, reply.usage)
    heading = Heading(f"chatcmpl-{admission.request_id}", int(admission.at), admission.model)
    logprobs = Logprobs(body.top_logprobs or 0) if body.logprobs else None
    if body.stream:
        events = vllm_format.events(heading, reply, logprobs=logprobs, include_usage=body.includes_usage)
        return _EventStream(events, receipt(state, debit))
    completion = vllm_format.completion(heading, reply, logprobs=logprobs)
    return Response(completion, media_type="application/json", headers=receipt(state, debit))


class _EventStream(Response):
    """Events that are all there: several at a time, and other requests in between."""

    media_type = "text/event-stream"
    background = None

    def __init__(self, events: Iterator[bytes], headers: dict[str, str]) -> None:
        self._events = events
        self.init_headers(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        while batch := b"".join(islice(self._events, _EVENTS_AT_A_TIME)):
            await send({"type": "http.response.body", "body": batch, "more_body": True})
            await asyncio.sleep(0)
        await send({"type": "http.response.body", "body": b""})
