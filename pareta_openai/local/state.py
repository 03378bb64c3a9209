"""Everything that the platform remembers, opened and closed together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from .armed_faults import ArmedFaults
from .auto_calls import AutoCalls
from .background import Background
from .blobs import Blobs
from .calls import Calls
from .clock import Clock
from .endpoints import Endpoints, Lifecycle
from .eval_answers import EvalAnswers
from .eval_runs import EvalRuns
from .eval_sets import EvalSets
from .generations import EVERYTHING, Generation
from .ledger import Ledger
from .model_server import ModelServer
from .organisations import Organisations
from .request_log import RequestLog
from .scripts import Scripts
from .store import Store

DEFAULT_BALANCE_MICRO_USD = 5_000_000


class State:
    """`path` is a file or ``:memory:``.

    `lifecycle` is that of endpoints which have none of their own, `eval_seconds` how long an eval run takes.
    `generation` is the platform that answers.
    """

    def __init__(
        self,
        path: str,
        *,
        lifecycle: Lifecycle,
        eval_seconds: float,
        generation: Generation = EVERYTHING,
    ) -> None:
        self._store = Store(path)
        self.clock: Clock = Clock(ahead=self._store.clock_ahead(), on_move=self._store.keep_clock_ahead)
        self.eval_seconds = eval_seconds
        self.generation = generation
        self.organisations: Organisations = Organisations(self._store)
        self.requests: RequestLog = RequestLog(self.now)
        self.ledger: Ledger = Ledger(self._store, on_booked=self.requests.booked)
        self.endpoints: Endpoints = Endpoints(self._store, lifecycle)
        self.calls: Calls = Calls(self._store)
        self.auto_calls: AutoCalls = AutoCalls(self._store)
        self.eval_sets: EvalSets = EvalSets(self._store)
        self.blobs: Blobs = Blobs(self._store)
        self.eval_answers: EvalAnswers = EvalAnswers(self._store)
        self.eval_runs: EvalRuns = EvalRuns(self._store, self.ledger, self.eval_answers)
        self.faults: ArmedFaults = ArmedFaults(self.now)
        self.scripts: Scripts = Scripts()
        self.model_server: ModelServer | None = None
        """What answers inference, from before the first request on; where it is None, answers are made up."""
        self.background: Background = Background()

    def create_organisation(self, *, balance_micro_usd: int, endpoints: Sequence[str]) -> tuple[str, str]:
        """Its id and its first key: a tenant with a live endpoint for each task named in `endpoints`.

        Raises `NotFound` for a task, `NotAcceptable` for a balance out of range.
        """
        now = self.now()
        with self._store.transaction():
            organisation_id = self.organisations.create()
            self.ledger.set_balance(organisation_id, balance_micro_usd, now=now)
            for task_id in endpoints:
                self.endpoints.deploy(organisation_id, task_id=task_id, now=now, is_live=True)
            _, api_key = self.organisations.mint_key(organisation_id, now=now)
        return organisation_id, api_key

    def together(self) -> AbstractContextManager[object]:
        """Whatever is written in it is written at once, or not at all."""
        return self._store.transaction()

    def now(self) -> float:
        """Seconds since the epoch."""
        return self.clock.now()

    def reset(self, begin: Callable[[], None]) -> None:
        """Forgets everything but the log of requests, and has what `begin` writes."""
        # As one transaction: a handful of them would take twice as long.
        with self._store.transaction():
            self._store.clear()
            self.clock.reset()
            begin()
        self.faults = ArmedFaults(self.now)
        self.scripts = Scripts()
        self.endpoints.changes.announce()

    def save(self, path: str) -> None:
        self._store.copy_to(path)

    def close(self) -> None:
        self._store.close()
