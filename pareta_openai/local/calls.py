"""The calls that were really made to an endpoint, and what the metric routes read from them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .endpoints import Endpoint
from .store import Store

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DAY = 86400


@dataclass(frozen=True)
class Call:
    """One call: `at` in seconds since the epoch, `milliseconds` until its answer was ready."""

    at: float
    answered: bool
    milliseconds: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0


class Calls:
    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, organisation_id: str, endpoint_id: str, call: Call) -> None:
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO calls (organisation_id, endpoint_id, at, answered, milliseconds, prompt_tokens,"
                " completion_tokens) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    organisation_id,
                    endpoint_id,
                    call.at,
                    call.answered,
                    call.milliseconds,
                    call.prompt_tokens,
                    call.completion_tokens,
                ),
            )

    def made(self, organisation_id: str, endpoint: Endpoint, *, since: float) -> list[Call]:
        """Oldest first. Calls to an endpoint of the same name that was deleted before are not among them."""
        rows = self._store.rows(
            "SELECT at, answered, milliseconds, prompt_tokens, completion_tokens FROM calls"
            " WHERE organisation_id = ? AND endpoint_id = ? AND at >= ? ORDER BY at",
            organisation_id,
            endpoint.id,
            max(since, endpoint.created_at),
        )
        return [Call(row[0], bool(row[1]), row[2], row[3], row[4]) for row in rows]

    def billed(self, organisation_id: str, endpoint: Endpoint, *, since: float) -> tuple[int, int, int]:
        """How many debits the endpoint has, their micro-USD, and the frontier model's for the same calls."""
        row = self._store.row(
            "SELECT count(*), coalesce(sum(micro_usd), 0), coalesce(sum(frontier_micro_usd), 0) FROM debits"
            " WHERE organisation_id = ? AND endpoint_id = ? AND at >= ?",
            organisation_id,
            endpoint.id,
            max(since, endpoint.created_at),
        )
        return (0, 0, 0) if row is None else (row[0], row[1], row[2])


def window_start(window: str | None, now: float) -> float:
    """When a window such as ``24h`` or ``30d`` began; the epoch for none and for an unknown form."""
    understood = re.fullmatch(r"(\d{1,6})([smhdw])", window or "")
    if understood is None:
        return 0.0
    return now - int(understood[1]) * _SECONDS[understood[2]]


def percentile(values: list[float], percent: int) -> float | None:
    """The smallest of the values that at least `percent` of them do not exceed; None where there are none."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[-(-len(ordered) * percent // 100) - 1]


def calls_by_day(calls: list[Call]) -> dict[int, int]:
    """How many of the calls fall on each UTC day, by the second at which the day begins."""
    days: dict[int, int] = {}
    for call in calls:
        day = int(call.at // _DAY) * _DAY
        days[day] = days.get(day, 0) + 1
    return days
