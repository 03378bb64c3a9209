"""What models have answered in eval runs that are under way: it is paid for upstream, and not to be asked for again."""

from __future__ import annotations

from .store import Store


class EvalAnswers:
    """A run that a platform was killed in goes on from here. When it is settled, its results have what they need."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, run_id: str, model: str, idx: int, answer: str) -> None:
        with self._store.transaction() as db:
            db.execute("INSERT OR REPLACE INTO eval_answers VALUES (?, ?, ?, ?)", (run_id, model, idx, answer))

    def find(self, run_id: str, model: str, idx: int) -> str | None:
        row = self._store.row(
            "SELECT answer FROM eval_answers WHERE run_id = ? AND model = ? AND idx = ?", run_id, model, idx
        )
        return None if row is None else str(row["answer"])

    def forget(self, run_id: str) -> None:
        with self._store.transaction() as db:
            db.execute("DELETE FROM eval_answers WHERE run_id = ?", (run_id,))
