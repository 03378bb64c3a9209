"""Eval runs: accepted, under way, and what came of them."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .errors import NotFound, OutOfCredit
from .eval_answers import EvalAnswers
from .eval_sets import EvalSet
from .ledger import Charge, Ledger
from .store import Store

# The status of a run after each share of its time.
_STAGES = ((0.1, "queued"), (0.7, "running"))


@dataclass(frozen=True)
class Candidate:
    """`model_id` is what the run was asked for, and `model` the name on the leaderboard that it stands for.

    `is_simulated` is whether its answers are made up.
    """

    model_id: str
    model: str
    kind: str
    quality: float
    micro_usd: int
    is_simulated: bool = True


@dataclass(frozen=True)
class EvalResult:
    """How a candidate did. `n_scored` rows were looked at for the quality: all, or as many as give a good mean.

    `n_succeeded` and `error_count` are of all rows; `per_item` is None where there are many. `exact_match` is in
    percent, and only there beside a macro-F1.
    """

    model_id: str
    kind: str
    quality_mean: float | None
    quality_ci_low: float | None
    quality_ci_high: float | None
    mean_cost_micro_usd: int | None
    n_succeeded: int
    error_count: int
    n_scored: int
    per_item: list[dict[str, Any]] | None
    exact_match: float | None = None


@dataclass(frozen=True)
class EvalRun:
    """`results` and `total_micro_usd` are None until it was settled, `error_detail` is why it failed."""

    id: str
    eval_set_id: str
    candidates: tuple[Candidate, ...]
    created_at: float
    ends_at: float
    request_id: str
    results: tuple[EvalResult, ...] | None
    total_micro_usd: int | None
    error_detail: str | None

    @property
    def is_settled(self) -> bool:
        return self.results is not None or self.error_detail is not None

    @property
    def is_simulated(self) -> bool:
        return any(candidate.is_simulated for candidate in self.candidates)

    def is_due(self, now: float) -> bool:
        """Whether its results are to be there, and are not; those of real models take the time that they take."""
        return self.is_simulated and not self.is_settled and now >= self.ends_at

    def status(self, now: float) -> str:
        if self.is_settled:
            return "completed" if self.error_detail is None else "failed"
        if not self.is_simulated:
            return "running"
        length = self.ends_at - self.created_at
        return next((stage for share, stage in _STAGES if now < self.created_at + share * length), "evaluating")


class EvalRuns:
    """Every method sees one organisation's runs only; for all others it raises `NotFound`."""

    def __init__(self, store: Store, ledger: Ledger, answers: EvalAnswers) -> None:
        self._store = store
        self._ledger = ledger
        self._answers = answers

    def find(self, organisation_id: str, idempotency_key: str | None) -> EvalRun | None:
        """The run that `idempotency_key` started, if it did."""
        if idempotency_key is None:
            return None
        row = self._store.row(
            "SELECT * FROM eval_runs WHERE organisation_id = ? AND idempotency_key = ?",
            organisation_id,
            idempotency_key,
        )
        return None if row is None else _eval_run(row)

    def get(self, organisation_id: str, run_id: str) -> EvalRun:
        row = self._store.row("SELECT * FROM eval_runs WHERE organisation_id = ? AND id = ?", organisation_id, run_id)
        if row is None:
            raise NotFound(f"No eval run {run_id!r} in this organisation.")
        return _eval_run(row)

    def ids(self, organisation_id: str) -> list[str]:
        """In the order in which they were started."""
        rows = self._store.rows("SELECT id FROM eval_runs WHERE organisation_id = ? ORDER BY number", organisation_id)
        return [str(row["id"]) for row in rows]

    def under_way(self) -> list[tuple[str, EvalRun]]:
        """Those of all organisations, with whose they are."""
        rows = self._store.rows(
            "SELECT * FROM eval_runs WHERE results IS NULL AND error_detail IS NULL ORDER BY number"
        )
        return [(str(row["organisation_id"]), _eval_run(row)) for row in rows]

    def of_set(self, organisation_id: str, eval_set_id: str) -> list[EvalRun]:
        rows = self._store.rows(
            "SELECT * FROM eval_runs WHERE organisation_id = ? AND eval_set_id = ? ORDER BY number",
            organisation_id,
            eval_set_id,
        )
        return [_eval_run(row) for row in rows]

    def accept(
        self,
        organisation_id: str,
        eval_set: EvalSet,
        candidates: Sequence[Candidate],
        *,
        request_id: str,
        idempotency_key: str | None,
        now: float,
        takes: float,
    ) -> EvalRun:
        """A new run that takes so many seconds.

        Raises `OutOfCredit` where the balance, less what is promised to runs under way, does not cover it.
        """
        price = eval_set.item_count * sum(candidate.micro_usd for candidate in candidates)
        with self._store.transaction() as db:
            promised = db.execute(
                "SELECT coalesce(sum(highest_micro_usd), 0) FROM eval_runs"
                " WHERE organisation_id = ? AND results IS NULL AND error_detail IS NULL",
                (organisation_id,),
            ).fetchone()[0]
            balance = self._ledger.balance(organisation_id)
            if balance < price + promised:
                under_way = f", and {promised} of it are promised to runs under way" if promised else ""
                raise OutOfCredit(
                    f"The run costs up to {price} micro-USD. The balance is {balance} micro-USD{under_way}."
                    " Top it up, or run fewer rows or candidates."
                )
            run_id = f"run_{secrets.token_hex(8)}"
            db.execute(
                "INSERT INTO eval_runs (organisation_id, id, eval_set_id, candidates, highest_micro_usd, created_at,"
                " ends_at, request_id, idempotency_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    organisation_id,
                    run_id,
                    eval_set.id,
                    json.dumps([asdict(candidate) for candidate in candidates]),
                    price,
                    now,
                    now + takes,
                    request_id,
                    idempotency_key,
                ),
            )
        return self.get(organisation_id, run_id)

    def settle(self, organisation_id: str, run: EvalRun, results: Sequence[EvalResult], *, now: float) -> None:
        """Its results and its bill, both or neither."""
        total = sum(result.n_succeeded * (result.mean_cost_micro_usd or 0) for result in results)
        charge = Charge(
            endpoint_id=run.id,
            request_id=run.request_id,
            prompt_tokens=0,
            completion_tokens=0,
            micro_usd=total,
            frontier_micro_usd=total,
            idempotency_key=run.id,
        )
        with self._store.transaction() as db:
            self._ledger.book(organisation_id, charge, now=now, is_promised=True)
            db.execute(
                "UPDATE eval_runs SET results = ?, total_micro_usd = ? WHERE id = ?",
                (json.dumps([asdict(result) for result in results]), total, run.id),
            )
            self._answers.forget(run.id)

    def fail(self, run: EvalRun, error_detail: str) -> None:
        with self._store.transaction() as db:
            db.execute(
                "UPDATE eval_runs SET error_detail = ?, total_micro_usd = 0 WHERE id = ?", (error_detail, run.id)
            )
            self._answers.forget(run.id)


def _eval_run(row: sqlite3.Row) -> EvalRun:
    results = row["results"]
    return EvalRun(
        id=row["id"],
        eval_set_id=row["eval_set_id"],
        candidates=tuple(Candidate(**candidate) for candidate in json.loads(row["candidates"])),
        created_at=row["created_at"],
        ends_at=row["ends_at"],
        request_id=row["request_id"],
        results=None if results is None else tuple(EvalResult(**result) for result in json.loads(results)),
        total_micro_usd=row["total_micro_usd"],
        error_detail=row["error_detail"],
    )
