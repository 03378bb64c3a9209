"""The calls that were really made to an endpoint, and what the metric routes read from them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from .endpoints import Endpoint
from .store import Store

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


@dataclass(frozen=True)
class Call:
    """One call: `at` in seconds since the epoch, `milliseconds` until its answer was ready."""

    at: float
    answered: bool
    milliseconds: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True)
class Bill:
    """One debit of an endpoint's, and what the frontier model would have cost."""

    at: float
    micro_usd: int
    frontier_micro_usd: int


class Period(Enum):
    """Of UTC, in seconds; a week begins on Monday."""

    HOUR = 3_600
    DAY = 86_400
    WEEK = 604_800

    @classmethod
    def named(cls, name: str | None) -> Period | None:
        """None for a name that is none of theirs."""
        return cls.__members__.get((name or "").upper())

    def start(self, at: float) -> int:
        """The second at which the one begins that `at` is in."""
        # The epoch was a Thursday.
        monday = 4 * 86_400 if self is Period.WEEK else 0
        return int((at - monday) // self.value) * self.value + monday


_Dated = TypeVar("_Dated", Call, Bill)


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

    def billed(self, organisation_id: str, endpoint: Endpoint, *, since: float) -> list[Bill]:
        """Oldest first."""
        rows = self._store.rows(
            "SELECT at, micro_usd, frontier_micro_usd FROM debits"
            " WHERE organisation_id = ? AND endpoint_id = ? AND at >= ? ORDER BY at",
            organisation_id,
            endpoint.id,
            max(since, endpoint.created_at),
        )
        return [Bill(*row) for row in rows]


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


def by_period(dated: Iterable[_Dated], period: Period) -> dict[int, list[_Dated]]:
    """Those of each period, by the second at which it starts, in their order."""
    periods: dict[int, list[_Dated]] = {}
    for one in dated:
        periods.setdefault(period.start(one.at), []).append(one)
    return periods
