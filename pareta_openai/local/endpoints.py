"""Endpoints and their life: deployed, starting, live, cold, failed, stopped, deleted.

An endpoint's status follows from when it was started, how often it was looked at since, and when it was last called:
nothing has to run in the background to get it there, and a client that drops out of a deploy, or a platform that is
stopped meanwhile, changes nothing.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .catalogue import TASKS, LeaderboardEntry, Task, is_vendor_model, require_task, task_of_alias
from .changes import Changes
from .errors import Conflict, EndpointNotReady, NotAcceptable, NotFound
from .store import Store

RECOMMENDED = "recommended"


@dataclass(frozen=True)
class Lifecycle:
    """What an endpoint's start takes, and when it goes cold; None is the platform's own way.

    It is live `deploy_seconds` after its start, and not before it was found starting `deploy_polls` times. It is cold
    when it was not called for `idle_seconds`, which for the platform may be None: never. Raises `NotAcceptable`.
    """

    deploy_seconds: float | None = None
    deploy_polls: int | None = None
    idle_seconds: float | None = None

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value is not None and not (value >= 0 and math.isfinite(value)):
                raise NotAcceptable(f"{name} is {value!r}: give 0 or more.")
        if self.idle_seconds == 0:
            raise NotAcceptable("idle_seconds is 0: an endpoint that is cold at once is never live.")


@dataclass(frozen=True)
class Stage:
    """What a start comes to after this `share` of it."""

    share: float
    name: str
    label: str
    percent: int | None = None


STAGES = (
    Stage(0.0, "provisioning-gpu", "Provisioning GPU"),
    Stage(0.2, "pulling-weights", "Pulling weights", 0),
    Stage(0.4, "pulling-weights", "Pulling weights", 45),
    Stage(0.6, "pulling-weights", "Pulling weights", 100),
    Stage(0.8, "warming-up", "Warming up"),
)


@dataclass(frozen=True)
class Endpoint:
    """Times are in seconds since the epoch. `started_at` and `live_at` are None while it is stopped or cold.

    `polls` is how often a look finds it starting, of which `polls_left` are still to come. `failure` says what went
    wrong, from when it has failed until it is started or stopped.
    """

    id: str
    task: Task
    model: LeaderboardEntry
    created_at: float
    started_at: float | None
    live_at: float | None
    polls: int
    polls_left: int
    was_cooled: bool
    idle_at: float | None
    failure: str | None
    is_seed: bool

    @property
    def alias(self) -> str:
        return self.model.name

    def status(self, now: float) -> str:
        if self.failure is not None:
            return "failed"
        if self.live_at is None:
            return "cold" if self.was_cooled else "stopped"
        if not self.has_started(now):
            return "starting"
        return "cold" if self.idle_at is not None and self.idle_at <= now else "live"

    def has_started(self, now: float) -> bool:
        """Whether it is live, or would be if it had not been idle since."""
        return self.failure is None and self.live_at is not None and self.live_at <= now and not self.polls_left

    def stages(self, now: float) -> tuple[Stage, ...]:
        """Those that its start has come to, the latest last."""
        return tuple(stage for stage in STAGES if self._reaches(stage.share) <= now and stage.share <= self._looked)

    def next_change(self, now: float) -> float:
        """When its start comes to the next stage, or to its end, if nobody looks."""
        return next((at for at in map(self._reaches, (*(stage.share for stage in STAGES), 1.0)) if at > now), now)

    @property
    def _looked(self) -> float:
        """The share of its polls that are done."""
        return 1 - self.polls_left / self.polls if self.polls_left else 1.0

    def _reaches(self, share: float) -> float:
        """When that share of its time is over."""
        if self.live_at is None or self.started_at is None:
            return math.inf
        return self.started_at + share * (self.live_at - self.started_at)


# The one parameter is the platform's own `idle_seconds`.
_SELECT = """
SELECT endpoints.*, coalesce(idle_seconds, ?) AS idles, (
    SELECT max(at) FROM calls
    WHERE calls.organisation_id = endpoints.organisation_id AND calls.endpoint_id = endpoints.id
) AS called_at
FROM endpoints WHERE organisation_id = ?"""


class Endpoints:
    """Every method sees one organisation's endpoints only; for all others it raises `NotFound`.

    `lifecycle` is for the endpoints that have none of their own. `changes` announces what is done to any of them.
    """

    def __init__(self, store: Store, lifecycle: Lifecycle) -> None:
        self._store = store
        self._lifecycle = lifecycle
        self.changes: Changes = Changes()

    def list(self, organisation_id: str) -> list[Endpoint]:
        """In the order in which they were deployed."""
        rows = self._store.rows(f"{_SELECT} ORDER BY number", self._lifecycle.idle_seconds, organisation_id)
        return [_endpoint(row) for row in rows]

    def find(self, organisation_id: str, endpoint_id: str) -> Endpoint | None:
        row = self._store.row(f"{_SELECT} AND id = ?", self._lifecycle.idle_seconds, organisation_id, endpoint_id)
        return None if row is None else _endpoint(row)

    def get(self, organisation_id: str, endpoint_id: str) -> Endpoint:
        endpoint = self.find(organisation_id, endpoint_id)
        if endpoint is None:
            raise NotFound(f"No endpoint {endpoint_id!r} in this organisation.")
        return endpoint

    def look(self, organisation_id: str, endpoints: Iterable[Endpoint], *, now: float) -> None:
        """Counts a look at each, for those that become live by being looked at."""
        for endpoint in endpoints:
            if endpoint.polls_left and endpoint.status(now) == "starting":
                self._update(
                    organisation_id,
                    endpoint.id,
                    "live_at = CASE polls_left WHEN 1 THEN max(live_at, ?) ELSE live_at END,"
                    " polls_left = max(0, polls_left - 1)",
                    now,
                )

    def admit(self, organisation_id: str, endpoint: Endpoint, *, now: float) -> None:
        """Lets a call in. Raises `EndpointNotReady`, which starts an endpoint that is cold."""
        status = endpoint.status(now)
        if status == "live":
            return
        advice = "Start it and call again."
        if status == "cold":
            endpoint = self.start(organisation_id, endpoint.id, now=now)
            advice = "This call has started it: call again in a moment."
        elif status == "starting":
            self.look(organisation_id, [endpoint], now=now)
            advice = "Call again in a moment."
        why = f": {endpoint.failure}" if endpoint.failure else ""
        # Whole seconds, at least one: what `Retry-After` takes.
        retry_after = 1 if endpoint.live_at is None else max(1, math.ceil(endpoint.live_at - now))
        raise EndpointNotReady(f"Endpoint {endpoint.id} is {status}{why}. {advice}", retry_after=retry_after)

    def deploy(
        self,
        organisation_id: str,
        *,
        task_id: str,
        model: str = RECOMMENDED,
        name: str | None = None,
        idempotency_key: str | None = None,
        is_seed: bool = False,
        is_live: bool = False,
        lifecycle: Lifecycle = Lifecycle(),
        now: float,
    ) -> Endpoint:
        """A new endpoint that starts, or `is_live` at once, or the one that `idempotency_key` deployed before.

        Raises `NotFound` for the task or an alias that is not on its leaderboard, `NotAcceptable` for a model
        that cannot be deployed, `Conflict` where the name is taken.
        """
        with self._store.transaction() as db:
            if idempotency_key is not None:
                row = db.execute(
                    "SELECT id FROM endpoints WHERE organisation_id = ? AND idempotency_key = ?",
                    (organisation_id, idempotency_key),
                ).fetchone()
                if row is not None:
                    return self.get(organisation_id, row["id"])
            task = require_task(task_id)
            endpoint_id = name or self._free_id(organisation_id, task)
            if self.find(organisation_id, endpoint_id) is not None:
                raise Conflict(f"An endpoint {endpoint_id!r} exists already. Choose another name, or delete it first.")
            db.execute(
                "INSERT INTO endpoints (organisation_id, id, task_id, alias, created_at, is_seed, idempotency_key,"
                " deploy_seconds, deploy_polls, idle_seconds, started_at, live_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    organisation_id,
                    endpoint_id,
                    task.id,
                    _deployable(task, model).name,
                    now,
                    is_seed,
                    idempotency_key,
                    *vars(lifecycle).values(),
                    now if is_live else None,
                    now if is_live else None,
                ),
            )
            return self.start(organisation_id, endpoint_id, now=now)

    def start(self, organisation_id: str, endpoint_id: str, *, now: float) -> Endpoint:
        """Where it was stopped or cold or has failed; as it was where not."""
        with self._store.transaction():
            endpoint = self.get(organisation_id, endpoint_id)
            if endpoint.status(now) in ("live", "starting"):
                return endpoint
            return self._update(
                organisation_id,
                endpoint_id,
                "started_at = ?, live_at = ? + coalesce(deploy_seconds, ?), polls = coalesce(deploy_polls, ?),"
                " polls_left = coalesce(deploy_polls, ?), was_cooled = 0, failure = NULL",
                now,
                now,
                self._lifecycle.deploy_seconds or 0.0,
                self._lifecycle.deploy_polls or 0,
                self._lifecycle.deploy_polls or 0,
            )

    def stop(self, organisation_id: str, endpoint_id: str) -> Endpoint:
        return self._rest(organisation_id, endpoint_id, was_cooled=False)

    def cool(self, organisation_id: str, endpoint_id: str) -> Endpoint:
        """As if it had not been called for long: the next call starts it, and is refused."""
        return self._rest(organisation_id, endpoint_id, was_cooled=True)

    def fail(self, organisation_id: str, endpoint_id: str, message: str) -> Endpoint:
        return self._update(organisation_id, endpoint_id, "failure = ?", message)

    def delete(self, organisation_id: str, endpoint_id: str) -> None:
        """Raises `Conflict` for a seed endpoint."""
        if self.get(organisation_id, endpoint_id).is_seed:
            raise Conflict(f"{endpoint_id} is a seed endpoint and cannot be deleted. It can be stopped.")
        with self._store.transaction() as db:
            db.execute("DELETE FROM endpoints WHERE organisation_id = ? AND id = ?", (organisation_id, endpoint_id))
        self.changes.announce()

    def _rest(self, organisation_id: str, endpoint_id: str, *, was_cooled: bool) -> Endpoint:
        return self._update(
            organisation_id,
            endpoint_id,
            "started_at = NULL, live_at = NULL, polls = 0, polls_left = 0, was_cooled = ?, failure = NULL",
            was_cooled,
        )

    def _update(self, organisation_id: str, endpoint_id: str, assignments: str, *values: Any) -> Endpoint:
        with self._store.transaction() as db:
            db.execute(
                f"UPDATE endpoints SET {assignments} WHERE organisation_id = ? AND id = ?",
                (*values, organisation_id, endpoint_id),
            )
            endpoint = self.get(organisation_id, endpoint_id)
        self.changes.announce()
        return endpoint

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
    live_at: float | None = row["live_at"]
    idle_at = None
    if live_at is not None and row["idles"] is not None:
        idle_at = max(live_at, row["called_at"] or live_at) + row["idles"]
    return Endpoint(
        id=row["id"],
        task=task,
        model=task.open_models[row["alias"]],
        created_at=row["created_at"],
        started_at=row["started_at"],
        live_at=live_at,
        polls=row["polls"],
        polls_left=row["polls_left"],
        was_cooled=bool(row["was_cooled"]),
        idle_at=idle_at,
        failure=row["failure"],
        is_seed=bool(row["is_seed"]),
    )
