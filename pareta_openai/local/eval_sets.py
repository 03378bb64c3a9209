"""Eval sets: the rows that models are evaluated on.

They may be a million. They are written, read and deleted in slices, between which other requests have their turn,
and never held in memory at once.
"""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, cast

from .catalogue import TASKS, Task, require_task
from .errors import Conflict, NotAcceptable, NotFound
from .eval_rows import load_row, read_rows
from .scoring import SCORERS, Answer
from .store import Store

# What is done in one go: a few milliseconds of work.
_SLICE = 500
_SLICE_CHARACTERS = 1 << 20
_DELETED_AT_ONCE = 5_000
# A row may have 8 MiB.
_READ_AT_ONCE = 20


@dataclass(frozen=True)
class EvalSet:
    """`created_at` in seconds since the epoch; `number` is its name in the store."""

    number: int
    id: str
    task: Task
    name: str
    prompt: str | None
    item_count: int
    created_at: float


@dataclass(frozen=True)
class EvalItem:
    """A row, with its text; `idx` counts from 0. `expected` is None where the row leaves it open."""

    idx: int
    text: str
    expected: Answer | None
    has_document: bool

    @property
    def input(self) -> Answer | None:
        """None for a row that is a document and nothing else."""
        return cast("Answer | None", load_row(self.text).get("input"))


class EvalSets:
    """Every method sees one organisation's sets only; for all others it raises `NotFound`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._remove_unfinished()

    def list(self, organisation_id: str) -> list[EvalSet]:
        """In the order in which they were made."""
        rows = self._store.rows(
            "SELECT * FROM eval_sets WHERE organisation_id = ? AND item_count IS NOT NULL ORDER BY number",
            organisation_id,
        )
        return [_eval_set(row) for row in rows]

    def get(self, organisation_id: str, eval_set_id: str) -> EvalSet:
        row = self._store.row(
            "SELECT * FROM eval_sets WHERE organisation_id = ? AND id = ? AND item_count IS NOT NULL",
            organisation_id,
            eval_set_id,
        )
        if row is None:
            raise NotFound(f"No eval set {eval_set_id!r} in this organisation.")
        return _eval_set(row)

    async def create(
        self,
        organisation_id: str,
        *,
        task_id: str,
        name: str,
        prompt: str | None,
        items: BinaryIO,
        idempotency_key: str | None,
        now: float,
    ) -> EvalSet:
        """A new set with the rows of `items`, which are JSON Lines, or the one that `idempotency_key` made before.

        Raises `NotFound` for the task, `NotAcceptable` for a line that is no row, `Conflict` while another request
        with the same key is at it.
        """
        task = require_task(task_id)
        with self._store.transaction() as db:
            if idempotency_key is not None:
                made = db.execute(
                    "SELECT * FROM eval_sets WHERE organisation_id = ? AND idempotency_key = ?",
                    (organisation_id, idempotency_key),
                ).fetchone()
                if made is not None and made["item_count"] is None:
                    raise Conflict("The eval set of this Idempotency-Key is just being made. Call again in a moment.")
                if made is not None:
                    return _eval_set(made)
            eval_set_id = f"es_{secrets.token_hex(8)}"
            number = db.execute(
                "INSERT INTO eval_sets (organisation_id, id, task_id, name, prompt, created_at, idempotency_key)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (organisation_id, eval_set_id, task.id, name, prompt, now, idempotency_key),
            ).lastrowid
        assert number is not None
        check_expected = SCORERS[task.default_scorer].check
        rows = read_rows(items, needs_input=not task.has_blob_input, check_expected=check_expected)
        try:
            await self._fill(number, rows)
        except BaseException:
            await self._remove(number)
            raise
        return self.get(organisation_id, eval_set_id)

    async def delete(self, organisation_id: str, eval_set_id: str) -> None:
        number = self.get(organisation_id, eval_set_id).number
        with self._store.transaction() as db:
            db.execute("UPDATE eval_sets SET item_count = NULL, idempotency_key = NULL WHERE number = ?", (number,))
        await self._remove(number)

    async def items(
        self, eval_set: EvalSet, *, step: int = 1, end: int | None = None
    ) -> AsyncIterator[Sequence[EvalItem]]:
        """Each `step`th row, up to the one with the number `end`, a few at a time."""
        reach = step * _READ_AT_ONCE
        end = eval_set.item_count if end is None else min(end, eval_set.item_count)
        for first in range(0, end, reach):
            rows = self._store.rows(
                "SELECT idx, content, EXISTS (SELECT 1 FROM eval_blobs AS blob WHERE blob.is_attached"
                " AND blob.set_number = item.set_number AND blob.idx = item.idx) AS has_document"
                " FROM eval_items AS item WHERE set_number = ? AND idx >= ? AND idx < ? AND idx % ? = 0 ORDER BY idx",
                eval_set.number,
                first,
                min(first + reach, end),
                step,
            )
            yield [
                EvalItem(
                    row["idx"], row["content"], load_row(row["content"]).get("expected"), bool(row["has_document"])
                )
                for row in rows
            ]
            await asyncio.sleep(0)

    def count_documents(self, eval_set: EvalSet) -> int:
        """How many of the rows have one."""
        row = self._store.row(
            "SELECT count(DISTINCT idx) FROM eval_blobs WHERE set_number = ? AND is_attached", eval_set.number
        )
        return 0 if row is None else int(row[0])

    async def _fill(self, number: int, rows: Iterator[str]) -> None:
        count = 0
        while batch := list(_batch(rows)):
            with self._store.transaction() as db:
                db.executemany(
                    "INSERT INTO eval_items (set_number, idx, content) VALUES (?, ?, ?)",
                    ((number, idx, text) for idx, text in enumerate(batch, count)),
                )
            count += len(batch)
            await asyncio.sleep(0)
        if not count:
            raise NotAcceptable("items has no rows.")
        with self._store.transaction() as db:
            db.execute("UPDATE eval_sets SET item_count = ? WHERE number = ?", (count, number))

    async def _remove(self, number: int) -> None:
        """A set that nobody sees."""
        last = self._store.rows("SELECT max(idx) FROM eval_items WHERE set_number = ?", number)[0][0] or 0
        for idx in range(0, last, _DELETED_AT_ONCE):
            with self._store.transaction() as db:
                db.execute("DELETE FROM eval_items WHERE set_number = ? AND idx < ?", (number, idx))
            await asyncio.sleep(0)
        with self._store.transaction() as db:
            for table in ("eval_items", "eval_blobs"):
                db.execute(f"DELETE FROM {table} WHERE set_number = ?", (number,))
            db.execute("DELETE FROM eval_sets WHERE number = ?", (number,))

    def _remove_unfinished(self) -> None:
        """What a platform that was stopped had not written, or not deleted, to the end."""
        with self._store.transaction() as db:
            unfinished = "(SELECT number FROM eval_sets WHERE item_count IS NULL)"
            for table in ("eval_items", "eval_blobs"):
                db.execute(f"DELETE FROM {table} WHERE set_number IN {unfinished}")
            db.execute("DELETE FROM eval_sets WHERE item_count IS NULL")


def _batch(rows: Iterator[str]) -> Iterator[str]:
    characters = 0
    for row in islice(rows, _SLICE):
        yield row
        characters += len(row)
        if characters > _SLICE_CHARACTERS:
            return


def _eval_set(row: sqlite3.Row) -> EvalSet:
    return EvalSet(
        number=row["number"],
        id=row["id"],
        task=TASKS[row["task_id"]],
        name=row["name"],
        prompt=row["prompt"],
        item_count=row["item_count"],
        created_at=row["created_at"],
    )
