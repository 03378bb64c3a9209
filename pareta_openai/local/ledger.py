"""The books: what was paid in, what was billed, and that the two always give the balance.

For each organisation ``balance + sum(debits) == sum(top-ups)``, all in micro-USD.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace

from .errors import NotAcceptable, NotFound, OutOfCredit
from .store import Store

_HIGHEST_BALANCE = 10**15
_OUT_OF_CREDIT = "The organisation is out of credit. Top up its balance and call again."
_RANGE = f"A balance lies between 0 and {_HIGHEST_BALANCE} micro-USD."


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
    """A charge as it was booked, `at` in seconds since the epoch. Later ones have a higher `number`."""

    number: int
    at: float


@dataclass(frozen=True)
class Account:
    """An organisation's books at one moment: `topped_up_micro_usd` - `spent_micro_usd` is the balance."""

    id: str
    balance_micro_usd: int
    spent_micro_usd: int
    topped_up_micro_usd: int


# One statement, so that nothing can be booked between its figures.
_ACCOUNT = """
SELECT id, balance_micro_usd,
    coalesce((SELECT sum(micro_usd) FROM debits WHERE organisation_id = organisations.id), 0),
    coalesce((SELECT sum(micro_usd) FROM top_ups WHERE organisation_id = organisations.id), 0)
FROM organisations WHERE id = ?
"""


class Ledger:
    """`on_booked` hears of each new debit."""

    def __init__(self, store: Store, *, on_booked: Callable[[Debit], None]) -> None:
        self._store = store
        self._on_booked = on_booked

    def balance(self, organisation_id: str) -> int:
        row = self._store.row("SELECT balance_micro_usd FROM organisations WHERE id = ?", organisation_id)
        return 0 if row is None else int(row[0])

    def account(self, organisation_id: str) -> Account:
        """Raises `NotFound`."""
        row = self._store.row(_ACCOUNT, organisation_id)
        if row is None:
            raise NotFound(f"No organisation {organisation_id!r} here.")
        return Account(*row)

    def debits(self, organisation_id: str, *, after: int = 0, limit: int | None = None) -> list[Debit]:
        """Oldest first: those with a higher number than `after`, at most `limit` of them."""
        rows = self._store.rows(
            "SELECT * FROM debits WHERE organisation_id = ? AND number > ? ORDER BY number LIMIT ?",
            organisation_id,
            after,
            -1 if limit is None else limit,
        )
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
        if micro_usd < 0:
            raise NotAcceptable(_RANGE)
        with self._store.transaction() as db:
            self._pay_in(db, organisation_id, micro_usd - self.balance(organisation_id), None, now)

    def top_up(self, organisation_id: str, micro_usd: int, *, idempotency_key: str | None = None, now: float) -> None:
        """Adds to the balance, once for each `idempotency_key`. Raises `NotAcceptable` out of range."""
        if micro_usd <= 0:
            raise NotAcceptable("A top-up is of 1 micro-USD or more.")
        with self._store.transaction() as db:
            is_booked = (
                idempotency_key is not None
                and db.execute(
                    "SELECT 1 FROM top_ups WHERE organisation_id = ? AND idempotency_key = ?",
                    (organisation_id, idempotency_key),
                ).fetchone()
            )
            if not is_booked:
                self._pay_in(db, organisation_id, micro_usd, idempotency_key, now)

    def require_credit(self, organisation_id: str, idempotency_key: str | None = None) -> None:
        """Raises `OutOfCredit` where nothing is left to spend, but not for what was billed before."""
        if self.balance(organisation_id) <= 0 and self.find(organisation_id, idempotency_key) is None:
            raise OutOfCredit(_OUT_OF_CREDIT)

    def book(self, organisation_id: str, charge: Charge, *, now: float, is_promised: bool = False) -> Debit:
        """Bills `charge`, or finds the debit that its idempotency key was billed with before.

        The last call may take the balance below zero, the one after it is refused with `OutOfCredit`. What
        `is_promised` is never refused: the credit for it was looked at before the work.
        """
        with self._store.transaction() as db:
            inserted = db.execute(
                "INSERT INTO debits (organisation_id, endpoint_id, request_id, prompt_tokens,"
                " completion_tokens, micro_usd, frontier_micro_usd, idempotency_key, at)"
                " VALUES (:organisation_id, :endpoint_id,"
                " :request_id, :prompt_tokens, :completion_tokens, :micro_usd, :frontier_micro_usd,"
                " :idempotency_key, :at) ON CONFLICT (organisation_id, idempotency_key) DO NOTHING",
                {"organisation_id": organisation_id, **vars(charge), "at": now},
            )
            if not inserted.rowcount:
                booked = self.find(organisation_id, charge.idempotency_key)
                assert booked is not None
                return booked
            # Asked again inside the transaction: other calls may have spent the rest since.
            debited = db.execute(
                "UPDATE organisations SET balance_micro_usd = balance_micro_usd - ?"
                " WHERE id = ? AND (balance_micro_usd > 0 OR ?)",
                (charge.micro_usd, organisation_id, is_promised),
            )
            if not debited.rowcount:
                raise OutOfCredit(_OUT_OF_CREDIT)
            number = inserted.lastrowid
            assert number is not None
        debit = Debit(**vars(charge), number=number, at=now)
        self._on_booked(debit)
        return debit

    def meter(self, debit: Debit, *, prompt_tokens: int, completion_tokens: int) -> None:
        """Writes down the tokens of an answer that was booked before it was through. They change no price."""
        with self._store.transaction() as db:
            db.execute(
                "UPDATE debits SET prompt_tokens = ?, completion_tokens = ? WHERE number = ?",
                (prompt_tokens, completion_tokens, debit.number),
            )
        self._on_booked(replace(debit, prompt_tokens=prompt_tokens, completion_tokens=completion_tokens))

    def _pay_in(
        self, db: sqlite3.Connection, organisation_id: str, micro_usd: int, idempotency_key: str | None, now: float
    ) -> None:
        if self.balance(organisation_id) + micro_usd > _HIGHEST_BALANCE:
            raise NotAcceptable(_RANGE)
        db.execute(
            "INSERT INTO top_ups (organisation_id, micro_usd, at, idempotency_key) VALUES (?, ?, ?, ?)",
            (organisation_id, micro_usd, now, idempotency_key),
        )
        db.execute(
            "UPDATE organisations SET balance_micro_usd = balance_micro_usd + ? WHERE id = ?",
            (micro_usd, organisation_id),
        )


def _debit(row: sqlite3.Row) -> Debit:
    return Debit(
        endpoint_id=row["endpoint_id"],
        request_id=row["request_id"],
        prompt_tokens=row["prompt_tokens"],
        completion_tokens=row["completion_tokens"],
        micro_usd=row["micro_usd"],
        frontier_micro_usd=row["frontier_micro_usd"],
        idempotency_key=row["idempotency_key"],
        number=row["number"],
        at=row["at"],
    )
