"""Candidates that a model server answers for."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .blobs import KEPT_LIMIT, Blobs, Content
from .catalogue import Task
from .clock import Clock
from .eval_answers import EvalAnswers
from .eval_rows import first_object
from .eval_sets import EvalItem, EvalSet
from .model_server import Interrupted, ModelRequest, ModelServer
from .predictors import Unanswered
from .scoring import Answer

_AT_ONCE = 8
_TRIES = 3
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0
_LONGEST_ERROR = 300


@dataclass(frozen=True)
class ModelPredictor:
    """Asks `server` for each row, several at once, and again where it is busy or the connection breaks off.

    `run_id` makes the idempotency keys, and `answers` has the run's rows that need not be asked. Raises
    `ModelServerDown` where nobody answers.
    """

    server: ModelServer
    clock: Clock
    blobs: Blobs
    answers: EvalAnswers
    organisation_id: str
    run_id: str
    eval_set: EvalSet
    model: str
    is_open: bool

    async def predict(self, items: Sequence[EvalItem]) -> list[Answer | Unanswered]:
        turn = asyncio.Semaphore(_AT_ONCE)

        async def in_turn(item: EvalItem) -> Answer | Unanswered:
            async with turn:
                return await self._answer(item)

        tasks = [asyncio.ensure_future(in_turn(item)) for item in items]
        try:
            return await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    async def _answer(self, item: EvalItem) -> Answer | Unanswered:
        documents = self.blobs.contents(self.eval_set, item.idx) if self.eval_set.task.has_blob_input else []
        if any(document.content is None for document in documents):
            return Unanswered(f"The document of this row has more than {KEPT_LIMIT >> 20} MiB, and was not kept.")
        body = {
            "model": self.model,
            "messages": messages(self.eval_set.task, self.eval_set.prompt, item, documents),
            # The vendors' newer models take no other temperature than their own.
            **({"temperature": 0} if self.is_open else {}),
        }
        place = (self.run_id, self.model, item.idx)
        answered: str | Unanswered | None = self.answers.find(*place)
        if answered is None:
            key = "-".join(map(str, place))
            answered = await self._ask(ModelRequest(self.organisation_id, body, key))
            if isinstance(answered, str):
                self.answers.keep(*place, answered)
        if isinstance(answered, str) and isinstance(item.expected, dict):
            return first_object(answered) or answered
        return answered

    async def _ask(self, request: ModelRequest) -> str | Unanswered:
        pause = _FIRST_PAUSE_SECONDS
        for _ in range(_TRIES - 1):
            outcome, again_after = await self._ask_once(request)
            if again_after is None:
                return outcome
            await self.clock.sleep(min(again_after or pause, _LONGEST_PAUSE_SECONDS))
            pause *= 2
        outcome, _ = await self._ask_once(request)
        return outcome

    async def _ask_once(self, request: ModelRequest) -> tuple[str | Unanswered, float | None]:
        """With the seconds after which it is worth asking again, 0 where it did not say, None where it is not."""
        try:
            answer = await self.server.ask(request)
            try:
                body = b"".join([part async for part in answer.parts])
            finally:
                await answer.close()
        except Interrupted as interrupted:
            return Unanswered(str(interrupted)), 0.0
        if answer.status < 300:
            return _text(body), None
        is_busy = answer.status in (408, 409, 429) or answer.status >= 500
        retry_after = answer.headers.get("retry-after", "")
        seconds = float(retry_after) if retry_after.isdecimal() else 0.0
        return _refusal(answer.status, body), seconds if is_busy else None


def messages(task: Task, prompt: str | None, item: EvalItem, documents: Sequence[Content]) -> list[dict[str, Any]]:
    """What a model is asked for a row: the set's prompt, or else the task's, and the row's input with its documents."""
    given = item.input
    text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False) if given else ""
    system = prompt or task.recommended_system_prompt
    if system is None and task.prompt_scaffold is not None:
        text = task.prompt_scaffold.replace("{input}", text)
    parts = [*([{"type": "text", "text": text}] if text else []), *map(_part, documents)]
    asked = {"role": "user", "content": parts if documents else text}
    return [asked] if system is None else [{"role": "system", "content": system}, asked]


def _part(document: Content) -> dict[str, Any]:
    kind, _, form = document.mime.partition("/")
    data = base64.b64encode(document.content or b"").decode()
    url = f"data:{document.mime};base64,{data}"
    if kind == "image":
        return {"type": "image_url", "image_url": {"url": url}}
    if kind == "audio":
        return {"type": "input_audio", "input_audio": {"data": data, "format": form}}
    return {"type": "file", "file": {"filename": f"document.{form}", "file_data": url}}


def _text(body: bytes) -> str | Unanswered:
    """What the completion's first choice says."""
    try:
        said = json.loads(body)["choices"][0]["message"]["content"]
    # The answer is a stranger's data: whatever is wrong with its form ends in one of these.
    except (LookupError, RecursionError, TypeError, ValueError):
        return Unanswered("The model server's answer is no chat completion.")
    if not isinstance(said, str):
        return Unanswered("The model answered without any text.")
    # JSON can spell half of a surrogate pair, which no other text could quote.
    return said.encode(errors="replace").decode()


def _refusal(status: int, body: bytes) -> Unanswered:
    said = body.decode(errors="replace")
    try:
        refusal = json.loads(body)
        said = str(refusal.get("detail") or refusal["error"]["message"])
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
        pass
    words = " ".join(said.encode(errors="replace").decode().split())
    return Unanswered(f"The model server answered {status}: {words[:_LONGEST_ERROR]}")
