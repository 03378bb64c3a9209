"""What was asked of the model ``auto``, whatever answered it."""

from __future__ import annotations

from dataclasses import dataclass

from .calls import Call
from .store import Store


@dataclass(frozen=True)
class Bill:
    """What debits come to, and the frontier model's price for the same calls."""

    micro_usd: int
    frontier_micro_usd: int


class AutoCalls:
    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, organisation_id: str, request_id: str, call: Call) -> None:
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO auto_calls (organisation_id, request_id, at, answered, milliseconds)"
                " VALUES (?, ?, ?, ?, ?)",
                (organisation_id, request_id, call.at, call.answered, call.milliseconds),
            )

    def made(self, organisation_id: str, *, since: float) -> list[Call]:
        """Oldest first, without their tokens."""
        rows = self._store.rows(
            "SELECT at, answered, milliseconds FROM auto_calls WHERE organisation_id = ? AND at >= ? ORDER BY at",
            organisation_id,
            since,
        )
        return [Call(row[0], bool(row[1]), row[2]) for row in rows]

    def billed(self, organisation_id: str, *, since: float) -> Bill:
        row = self._store.row(
            "SELECT coalesce(sum(micro_usd), 0), coalesce(sum(frontier_micro_usd), 0) FROM debits"
            " WHERE organisation_id = ? AND request_id IN"
            " (SELECT request_id FROM auto_calls WHERE organisation_id = ? AND at >= ?)",
            organisation_id,
            organisation_id,
            since,
        )
        assert row is not None
        return Bill(*row)
