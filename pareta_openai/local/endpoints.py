"""Endpoints and their life: deployed, starting, live, failed, stopped, deleted.

An endpoint's status follows from the time at which it is live, so nothing has to run in the background to get
it there: a client that drops out of a deploy, or a platform that is stopped meanwhile, changes nothing.
"""

from __future__ import annotations

import math
import sqlite3
from dataclasses import dataclass

from .catalogue import TASKS, LeaderboardEntry, Task, is_vendor_model, require_task, task_of_alias
from .errors import Conflict, EndpointNotReady, NotAcceptable, NotFound
from .store import Store

RECOMMENDED = "recommended"


@dataclass(frozen=True)
class Endpoint:
    """Times are in seconds since the epoch; `live_at` is None while it is stopped.

    `failure` says what went wrong, from when it has failed until it is started or stopped.
    """

    id: str
    task: Task
    model: LeaderboardEntry
    created_at: float
    live_at: float | None
    failure: str | None
    is_seed: bool

    @property
    def alias(self) -> str:
        return self.model.name

    def status(self, now: float) -> str:
        if self.failure is not None:
            return "failed"
        if self.live_at is None:
            return "stopped"
        return "live" if self.live_at <= now else "starting"

    def require_live(self, now: float) -> None:
        """Raises `EndpointNotReady`."""
        status = self.status(now)
        if status == "live":
            return
        why = f": {self.failure}" if self.failure else ""
        advice = "Call again in a moment." if status == "starting" else "Start it and call again."
        # Whole seconds, at least one: what `Retry-After` takes.
        retry_after = 1 if self.live_at is None else max(1, math.ceil(self.live_at - now))
        raise EndpointNotReady(f"Endpoint {self.id} is {status}{why}. {advice}", retry_after=retry_after)


class Endpoints:
    """Every method sees one organisation's endpoints only; for all others it raises `NotFound`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def list(self, organisation_id: str) -> list[Endpoint]:
        """In the order in which they were deployed."""
        rows = self._store.rows("SELECT * FROM endpoints WHERE organisation_id = ? ORDER BY number", organisation_id)
        return [_endpoint(row) for row in rows]

    def find(self, organisation_id: str, endpoint_id: str) -> Endpoint | None:
        row = self._store.row(
            "SELECT * FROM endpoints WHERE organisation_id = ? AND id = ?", organisation_id, endpoint_id
        )
        return None if row is None else _endpoint(row)

    def get(self, organisation_id: str, endpoint_id: str) -> Endpoint:
        endpoint = self.find(organisation_id, endpoint_id)
        if endpoint is None:
            raise NotFound(f"No endpoint {endpoint_id!r} in this organisation.")
        return endpoint

    def deploy(
        self,
        organisation_id: str,
        *,
        task_id: str,
        model: str = RECOMMENDED,
        name: str | None = None,
        idempotency_key: str | None = None,
        is_seed: bool = False,
        now: float,
        ready_in: float,
    ) -> Endpoint:
        """A new endpoint, live in `ready_in` seconds, or the one that `idempotency_key` deployed before.

        Raises `NotFound` for the task or an alias that is not on its leaderboard, `NotAcceptable` for a model
        that cannot be deployed, `Conflict` where the name is taken.
        """
        with self._store.transaction() as db:
            if idempotency_key is not None:
                row = db.execute(
                    "SELECT * FROM endpoints WHERE organisation_id = ? AND idempotency_key = ?",
                    (organisation_id, idempotency_key),
                ).fetchone()
                if row is not None:
                    return _endpoint(row)
            task = require_task(task_id)
            endpoint = Endpoint(
                id=name or self._free_id(organisation_id, task),
                task=task,
                model=_deployable(task, model),
                created_at=now,
                live_at=now + ready_in,
                failure=None,
                is_seed=is_seed,
            )
            if self.find(organisation_id, endpoint.id) is not None:
                raise Conflict(f"An endpoint {endpoint.id!r} exists already. Choose another name, or delete it first.")
            db.execute(
                "INSERT INTO endpoints (organisation_id, id, task_id, alias, created_at, live_at, is_seed,"
                " idempotency_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    organisation_id,
                    endpoint.id,
                    task.id,
                    endpoint.alias,
                    endpoint.created_at,
                    endpoint.live_at,
                    endpoint.is_seed,
                    idempotency_key,
                ),
            )
            return endpoint

    def start(self, organisation_id: str, endpoint_id: str, *, now: float, ready_in: float) -> Endpoint:
        """Live in `ready_in` seconds where it was stopped or has failed; as it was where not."""
        live_at = "CASE WHEN failure IS NULL THEN coalesce(live_at, ?) ELSE ? END"
        return self._update(
            organisation_id, endpoint_id, f"live_at = {live_at}, failure = NULL", now + ready_in, now + ready_in
        )

    def stop(self, organisation_id: str, endpoint_id: str) -> Endpoint:
        return self._update(organisation_id, endpoint_id, "live_at = NULL, failure = NULL")

    def fail(self, organisation_id: str, endpoint_id: str, message: str) -> Endpoint:
        return self._update(organisation_id, endpoint_id, "failure = ?", message)

    def delete(self, organisation_id: str, endpoint_id: str) -> None:
        """Raises `Conflict` for a seed endpoint."""
        if self.get(organisation_id, endpoint_id).is_seed:
            raise Conflict(f"{endpoint_id} is a seed endpoint and cannot be deleted. It can be stopped.")
        with self._store.transaction() as db:
            db.execute("DELETE FROM endpoints WHERE organisation_id = ? AND id = ?", (organisation_id, endpoint_id))

    def _update(self, organisation_id: str, endpoint_id: str, assignments: str, *values: float | str) -> Endpoint:
        with self._store.transaction() as db:
            db.execute(
                f"UPDATE endpoints SET {assignments} WHERE organisation_id = ? AND id = ?",
                (*values, organisation_id, endpoint_id),
            )
            return self.get(organisation_id, endpoint_id)

    def _free_id(self, organisation_id: str, task: Task) -> str:
        stem = "ep_" + task.id.replace("-", "_")
        taken = {endpoint.id for endpoint in self.list(organisation_id)}
        return next(f"{stem}_{n}" for n in range(1, len(taken) + 2) if f"{stem}_{n}" not in taken)


def _deployable(task: Task, model: str) -> LeaderboardEntry:
    """What to deploy for `model`."""
    found = task.open_models.get(task.recommended if model == RECOMMENDED else model)
    if found is not None:
        return found
    if "/" in model:
        raise NotAcceptable(
            f"{model!r} looks like a Hugging Face repo id. Name an alias from the leaderboard of {task.id},"
            f' such as {task.recommended!r}, or "{RECOMMENDED}".'
        )
    if is_vendor_model(model):
        raise NotAcceptable(f"{model!r} is a vendor's model: it can be evaluated against, not deployed.")
    home = task_of_alias(model)
    hint = f" It belongs to {home.id}." if home else ""
    raise NotFound(f"No model {model!r} on the leaderboard of {task.id}.{hint}")


def _endpoint(row: sqlite3.Row) -> Endpoint:
    task = TASKS[row["task_id"]]
    return Endpoint(
        id=row["id"],
        task=task,
        model=task.open_models[row["alias"]],
        created_at=row["created_at"],
        live_at=row["live_at"],
        failure=row["failure"],
        is_seed=bool(row["is_seed"]),
    )
