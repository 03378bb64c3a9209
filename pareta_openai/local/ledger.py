"""The books: what was paid in, what was billed, and that the two always give the balance.

For each organisation ``balance + sum(debits) == sum(top-ups)``, all in micro-USD.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from .errors import NotAcceptable, OutOfCredit
from .store import Store

_HIGHEST_BALANCE = 10**15


@dataclass(frozen=True)
class Charge:
    """What one answered call or one eval run costs, and what the task's frontier model would have cost.

    `endpoint_id` says what was called: an endpoint, ``auto``, or an eval run.
    """

    endpoint_id: str
    request_id: str
    prompt_tokens: int
    completion_tokens: int
    micro_usd: int
    frontier_micro_usd: int
    idempotency_key: str | None


@dataclass(frozen=True)
class Debit(Charge):
    """A charge as it was booked, `at` in seconds since the epoch."""

    at: float


class Ledger:
    """`on_booked` hears of each new debit."""

    def __init__(self, store: Store, *, on_booked: Callable[[Debit], None]) -> None:
        self._store = store
        self._on_booked = on_booked

    def balance(self, organisation_id: str) -> int:
        return self._number("SELECT balance_micro_usd FROM organisations WHERE id = ?", organisation_id)

    def spent(self, organisation_id: str) -> int:
        return self._number("SELECT SUM(micro_usd) FROM debits WHERE organisation_id = ?", organisation_id)

    def topped_up(self, organisation_id: str) -> int:
        return self._number("SELECT SUM(micro_usd) FROM top_ups WHERE organisation_id = ?", organisation_id)

    def debits(self, organisation_id: str) -> list[Debit]:
        """Oldest first."""
        rows = self._store.rows("SELECT * FROM debits WHERE organisation_id = ? ORDER BY number", organisation_id)
        return [_debit(row) for row in rows]

    def find(self, organisation_id: str, idempotency_key: str | None) -> Debit | None:
        """The debit that `idempotency_key` was billed with, if it was."""
        if idempotency_key is None:
            return None
        row = self._store.row(
            "SELECT * FROM debits WHERE organisation_id = ? AND idempotency_key = ?",
            organisation_id,
            idempotency_key,
        )
        return None if row is None else _debit(row)

    def set_balance(self, organisation_id: str, micro_usd: int, *, now: float) -> None:
        """Tops up, or takes back, whatever leads to this balance. Raises `NotAcceptable` out of range."""
        if not 0 <= micro_usd <= _HIGHEST_BALANCE:
            raise NotAcceptable(f"A balance lies between 0 and {_HIGHEST_BALANCE} micro-USD.")
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO top_ups (organisation_id, micro_usd, at)"
                " SELECT id, ? - balance_micro_usd, ? FROM organisations WHERE id = ?",
                (micro_usd, now, organisation_id),
            )
            db.execute("UPDATE organisations SET balance_micro_usd = ? WHERE id = ?", (micro_usd, organisation_id))

    def require_credit(self, organisation_id: str) -> None:
        """Raises `OutOfCredit` where nothing is left to spend."""
        if self.balance(organisation_id) <= 0:
            raise OutOfCredit("The organisation is out of credit. Top up its balance and call again.")

    def book(self, organisation_id: str, charge: Charge, *, now: float, is_promised: bool = False) -> Debit:
        """Bills `charge`, or finds the debit that its idempotency key was billed with before.

        The last call may take the balance below zero, the one after it is refused with `OutOfCredit`. What
        `is_promised` is never refused: the credit for it was looked at before the work.
        """
        with self._store.transaction() as db:
            booked = self.find(organisation_id, charge.idempotency_key)
            if booked is not None:
                return booked
            # Asked again inside the transaction: other calls may have spent the rest since.
            if not is_promised:
                self.require_credit(organisation_id)
            debit = Debit(**vars(charge), at=now)
            db.execute(
                "INSERT INTO debits (organisation_id, endpoint_id, request_id, prompt_tokens,"
                " completion_tokens, micro_usd, frontier_micro_usd, idempotency_key, at)"
                " VALUES (:organisation_id, :endpoint_id,"
                " :request_id, :prompt_tokens, :completion_tokens, :micro_usd, :frontier_micro_usd,"
                " :idempotency_key, :at)",
                {"organisation_id": organisation_id, **vars(debit)},
            )
            db.execute(
                "UPDATE organisations SET balance_micro_usd = balance_micro_usd - ? WHERE id = ?",
                (charge.micro_usd, organisation_id),
            )
        self._on_booked(debit)
        return debit

    def _number(self, sql: str, organisation_id: str) -> int:
        row = self._store.row(sql, organisation_id)
        return 0 if row is None else int(row[0] or 0)


def _debit(row: sqlite3.Row) -> Debit:
    return Debit(
        endpoint_id=row["endpoint_id"],
        request_id=row["request_id"],
        prompt_tokens=row["prompt_tokens"],
        completion_tokens=row["completion_tokens"],
        micro_usd=row["micro_usd"],
        frontier_micro_usd=row["frontier_micro_usd"],
        idempotency_key=row["idempotency_key"],
        at=row["at"],
    )
