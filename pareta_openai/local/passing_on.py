"""A chat completion that a model server answers: passed on piece by piece, metered, and under the endpoint's name."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from typing import Any, cast

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from .chat_request import ChatRequest
from .connection import Connection
from .errors import EndpointNotReady
from .inference import Admission, book, receipt, record_answer, record_failure
from .ledger import Debit
from .model_server import Interrupted, ModelAnswer, ModelRequest, ModelServer
from .responder import SYSTEM_ROLES, Usage, count_prompt, count_tokens_of
from .state import State

_DONE = b"data: [DONE]"


async def pass_on(
    state: State, server: ModelServer, admission: Admission, body: ChatRequest, connection: Connection
) -> Response:
    """Books the answer where it is one: a plain one when it is whole, a stream when it begins.

    Given up, and not booked, where the client leaves before that. Raises `EndpointNotReady` where nobody answers.
    """
    request = ModelRequest(admission.organisation_id, _sent(admission, body), admission.idempotency_key)
    meter = _Meter(admission, body)
    with connection.cancels_current_task():
        try:
            answer = await server.ask(request)
            if answer.is_stream and answer.status < 300:
                debit = book(state, admission, meter.usage)
                return _PassedStream(state, admission, answer, meter, debit)
            whole = b"".join([part async for part in answer.parts])
        except Interrupted as interrupted:
            record_failure(state, admission)
            return _BrokenOff(interrupted)
        except EndpointNotReady:
            record_failure(state, admission)
            raise
    if answer.status >= 300:
        if answer.status >= 500:
            record_failure(state, admission)
        return Response(whole, answer.status, dict(answer.headers))
    completion = meter.read_completion(whole)
    if completion is None:
        return Response(whole, answer.status, dict(answer.headers))
    with state.together():
        debit = book(state, admission, meter.usage)
        record_answer(state, admission, meter.usage)
    return Response(completion, answer.status, {**answer.headers, **receipt(state, debit)})


class _Meter:
    """Reads what passes: the tokens by the model server's word, else counted, and the model by the name asked for."""

    def __init__(self, admission: Admission, body: ChatRequest) -> None:
        self._model = admission.model
        self._admission = admission
        self._body = body
        self._told: Usage | None = None
        self._characters: Counter[int] = Counter()

    @property
    def usage(self) -> Usage:
        """So far."""
        if self._told is not None:
            return self._told
        completion = sum(count_tokens_of(characters) for characters in self._characters.values())
        return Usage(count_prompt(self._admission.prompt(self._body)), completion)

    def read_completion(self, body: bytes) -> bytes | None:
        """The plain answer that goes on to the client; None for what is no completion."""
        completion = _object(body)
        if completion is None or "choices" not in completion:
            return None
        self._read(completion, "message")
        return _json({**completion, "model": self._model})

    def read_event(self, event: bytes) -> bytes:
        """The event of a stream that goes on to the client; empty for one that only we asked for."""
        chunk = _object(b"".join(line[5:] for line in event.splitlines() if line.startswith(b"data:")))
        if chunk is None or "choices" not in chunk:
            return event
        self._read(chunk, "delta")
        if not self._body.includes_usage and chunk.pop("usage", None) and not chunk["choices"]:
            return b""
        return b"data: " + _json({**chunk, "model": self._model}) + b"\n\n"

    def _read(self, answer: dict[str, Any], part: str) -> None:
        usage = answer.get("usage")
        # The answer is a stranger's data: whatever is wrong with its form ends in one of these.
        with suppress(AttributeError, LookupError, TypeError):
            if usage:
                self._told = Usage(int(usage["prompt_tokens"]), int(usage["completion_tokens"]))
            for choice in answer["choices"]:
                self._characters[choice["index"]] += _length(choice[part])


class _PassedStream(Response):
    """The events of a stream that was booked, as they come."""

    background = None

    def __init__(self, state: State, admission: Admission, answer: ModelAnswer, meter: _Meter, debit: Debit) -> None:
        self._state = state
        self._admission = admission
        self._answer = answer
        self._meter = meter
        self._debit = debit
        self._is_settled = False
        self.init_headers({**answer.headers, **receipt(state, debit)})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        connection = _connection(scope)
        try:
            with connection.cancels_current_task():
                await send({"type": "http.response.start", "status": self._answer.status, "headers": self.raw_headers})
                async for event in self._answer.parts:
                    if event.startswith(_DONE):
                        # Who reads the end finds the books in order.
                        self._settle()
                    if passed_on := self._meter.read_event(event):
                        await send({"type": "http.response.body", "body": passed_on, "more_body": True})
            self._settle()
            await send({"type": "http.response.body", "body": b""})
        except Interrupted as interrupted:
            self._settle()
            await _break_off(connection, interrupted)
        finally:
            self._settle()
            await self._answer.close()

    def _settle(self) -> None:
        """Once, with what has passed until then."""
        if self._is_settled:
            return
        self._is_settled = True
        usage = self._meter.usage
        record_answer(self._state, self._admission, usage)
        # A repetition is not what was billed.
        if self._debit.request_id == self._admission.request_id:
            self._state.ledger.meter(self._debit, **vars(usage))


class _BrokenOff(Response):
    """The connection ends as the model server's did."""

    background = None

    def __init__(self, interrupted: Interrupted) -> None:
        self._interrupted = interrupted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        await _break_off(_connection(scope), self._interrupted)


async def _break_off(connection: Connection, interrupted: Interrupted) -> None:
    await (connection.reset() if interrupted.was_reset else connection.close())


def _connection(scope: Scope) -> Connection:
    return cast(Connection, scope["state"]["connection"])


def _sent(admission: Admission, body: ChatRequest) -> dict[str, Any]:
    """The request as it was made, with what the endpoint adds to it."""
    sent = body.model_dump(mode="json", by_alias=True, exclude_unset=True)
    sent["model"] = admission.alias
    recommended = admission.endpoint.task.recommended_system_prompt if admission.endpoint else None
    if recommended and not any(message.role in SYSTEM_ROLES for message in body.messages):
        sent["messages"] = [{"role": "system", "content": recommended}, *sent["messages"]]
    return sent


def _length(said: dict[str, Any]) -> int:
    """Of what a message, or a piece of one, says."""
    calls = [call["function"] for call in said.get("tool_calls") or ()]
    texts = [said.get("content"), *(call.get(key) for call in calls for key in ("name", "arguments"))]
    return sum(len(text or "") for text in texts)


def _object(text: bytes) -> dict[str, Any] | None:
    """What JSON says, where it is an object."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _json(value: dict[str, Any]) -> bytes:
    """In ASCII: an upstream may cut a surrogate pair between two chunks."""
    return json.dumps(value, separators=(",", ":")).encode()
