"""`shadow=True`: what the fallback has answered is asked of Pareta too, beside the caller; both answers are kept."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import anyio

from .eval_items import encode_row
from .openai_data import row_of_call

log = logging.getLogger(__package__)

_NO_TEXT = ("tool_calls", "function_call", "refusal")


@dataclass(eq=False)
class Shadow:
    """Where the answers are kept, and what finding them out may cost.

    Of each chat completion that the fallback answered, `path` gets a line of JSON: a row for `evals.sets.create`, with
    the conversation as ``input``, the fallback's answer as ``expected`` and Pareta's in ``metadata``. A call whose
    answer is no text (a tool call, several choices) makes no row, and is not sent.

    At most `max_concurrency` calls are under way at once; others in the meantime are not sent. No call is begun that
    could bring the bill above `max_cost_micro_usd` (1 000 000 is $1): it counts what the platform's receipts say, or
    `cost_per_call_micro_usd` where a platform sends none. Without that, nothing is sent after the first such answer.

    One `Shadow` may be given to several clients, which then share its bounds. A pickled one begins anew elsewhere.
    """

    path: str | Path = "pareta-shadow.jsonl"
    max_concurrency: int = 4
    max_cost_micro_usd: int = 1_000_000
    cost_per_call_micro_usd: int | None = None

    rows: int = field(default=0, init=False)
    """Lines written."""
    not_sent: int = field(default=0, init=False)
    """Calls for which one of the bounds left no room."""
    cost_micro_usd: int = field(default=0, init=False)
    """The bill so far."""

    def __post_init__(self) -> None:
        if self.max_concurrency < 1 or self.max_cost_micro_usd < 0 or (self.cost_per_call_micro_usd or 0) < 0:
            raise ValueError("Shadow: max_concurrency is at least 1, and no cost is negative.")
        self._lock = threading.Lock()
        self._under_way = 0
        self._dearest = self.cost_per_call_micro_usd
        """The most that a call has cost so far; None before that is known, when calls go one by one."""
        self._is_spent = False
        self._tasks: set[Any] = set()

    def __reduce__(self) -> tuple[Any, ...]:
        return Shadow, (self.path, self.max_concurrency, self.max_cost_micro_usd, self.cost_per_call_micro_usd)

    def wait(self, timeout: float = 60.0) -> bool:
        """Until no call is under way, at most `timeout` seconds; says whether that came about."""
        end = time.monotonic() + timeout
        while self._under_way and time.monotonic() < end:
            time.sleep(0.01)
        return not self._under_way

    async def async_wait(self, timeout: float = 60.0) -> bool:
        """`wait`, awaited."""
        with anyio.move_on_after(timeout):
            while self._under_way:
                await anyio.sleep(0.01)
        return not self._under_way

    def compare(
        self, request: Mapping[str, Any], answered: list[Any], send: Callable[[], Any], *, is_async: bool
    ) -> None:
        """Begin `send`, which asks Pareta what was asked of the fallback, beside the caller. Raises nothing.

        `answered` is the fallback's completion, or the chunks of it. With `is_async`, `send` gives an awaitable, and
        this is called within its event loop.
        """
        try:
            row = row_of_call(request, _as_json(answered))
        except Exception as error:  # no text, or nothing that can be read: the caller has it as it is
            log.debug("shadow: no row for a call: %s", error)
            return
        if not self._admit():
            return
        row["metadata"] = {"fallback": {"model": answered[-1].model}}
        try:
            self._start(row, send, is_async)
        except Exception:  # whatever the machine refuses, a thread for one, the caller has his answer
            self._leave(0)
            log.exception("shadow: a call could not be begun")

    def _start(self, row: dict[str, Any], send: Callable[[], Any], is_async: bool) -> None:
        if not is_async:
            threading.Thread(target=self._run, args=(row, send), name="pareta-shadow", daemon=True).start()
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            import_module("trio").lowlevel.spawn_system_task(self._async_run, row, send)
        else:
            task = loop.create_task(self._async_run(row, send))
            self._tasks.add(task)  # asyncio itself holds no task
            task.add_done_callback(self._tasks.discard)

    def _run(self, row: dict[str, Any], send: Callable[[], Any]) -> None:
        began = time.perf_counter()
        billed = None
        try:
            answer, error = send(), None
            billed = answer.billed_micro_usd
        except Exception as caught:  # of Pareta's or anything else: it goes into the row
            answer, error = None, caught
        self._finish(row, began, answer, error, billed)

    async def _async_run(self, row: dict[str, Any], send: Callable[[], Awaitable[Any]]) -> None:
        began = time.perf_counter()
        billed = None
        try:
            answer, error = await send(), None
            billed = answer.billed_micro_usd
        except Exception as caught:  # as in _run
            answer, error = None, caught
        except BaseException:
            self._leave(self._dearest or 0)
            raise
        await anyio.to_thread.run_sync(self._finish, row, began, answer, error, billed)

    def _finish(self, row: dict[str, Any], began: float, answer: Any, error: Exception | None, billed: Any) -> None:
        found: dict[str, Any] = {"milliseconds": round((time.perf_counter() - began) * 1000)}
        if error is not None:
            found["error"] = f"{type(error).__name__}: {error}"
        else:
            found |= {"model": answer.model, "answer": answer.choices[0].message.content, "billed_micro_usd": billed}
        row["metadata"]["pareta"] = found
        try:
            line = encode_row(row) + b"\n"
            with self._lock, Path(self.path).open("ab") as file:
                file.write(line)
                self.rows += 1
        except (OSError, ValueError):
            log.exception("shadow: a row could not be written to %s", self.path)
        # What Pareta refused is not billed; what became of a call that broke off, nobody knows.
        self._leave(billed if error is None else 0 if hasattr(error, "status_code") else self._dearest or 0)

    def _admit(self) -> bool:
        """Whether the bounds leave room for another call, which then is under way."""
        with self._lock:
            most = self._dearest
            if most is None:
                fits = not self._under_way and self.cost_micro_usd < self.max_cost_micro_usd
            else:
                fits = self.cost_micro_usd + (self._under_way + 1) * most <= self.max_cost_micro_usd
            has_room = fits and not self._is_spent and self._under_way < self.max_concurrency
            if has_room:
                self._under_way += 1
            else:
                self.not_sent += 1
            return has_room

    def _leave(self, billed: int | None) -> None:
        """A call is over that was billed so much; None where nothing tells."""
        with self._lock:
            self._under_way -= 1
            cost = billed if billed is not None else self.cost_per_call_micro_usd
            if cost is None:
                self._is_spent = True
                log.warning(
                    "shadow: this platform sends no receipts, so nothing more is sent. "
                    "Shadow(cost_per_call_micro_usd=…) says what to count for a call."
                )
                return
            self.cost_micro_usd += cost
            if cost:
                self._dearest = max(cost, self._dearest or 0)


def _as_json(answered: list[Any]) -> dict[str, Any]:
    """A completion, or the chunks of one: as much of it as a row is made from."""
    choices: dict[int, dict[str, Any]] = {}
    for part in answered:
        for choice in part.choices or ():
            said = getattr(choice, "message", None) or choice.delta
            whole = choices.setdefault(choice.index, {"message": {"role": "assistant", "content": ""}})
            whole["message"]["content"] += said.content or ""
            whole["message"].update({name: True for name in _NO_TEXT if getattr(said, name, None)})
            whole["finish_reason"] = choice.finish_reason
    return {"choices": list(choices.values())}
