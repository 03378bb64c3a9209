"""Organisations: one API key, one tenant, one balance."""

from __future__ import annotations

import hashlib

from .errors import UnknownKey
from .store import Store


class Organisations:
    def __init__(self, store: Store) -> None:
        self._store = store

    def create(self, organisation_id: str, api_key: str) -> None:
        """A new organisation with an empty balance. Of the key only its SHA-256 is kept."""
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO organisations (id, key_sha256, balance_micro_usd) VALUES (?, ?, 0)",
                (organisation_id, _digest(api_key)),
            )

    def exists(self, organisation_id: str) -> bool:
        return self._store.row("SELECT 1 FROM organisations WHERE id = ?", organisation_id) is not None

    def authenticate(self, api_key: str) -> str:
        """The id of the organisation that holds `api_key`; raises `UnknownKey`."""
        row = self._store.row("SELECT id FROM organisations WHERE key_sha256 = ?", _digest(api_key))
        if row is None:
            raise UnknownKey("This API key is not known here.")
        return str(row["id"])


def _digest(api_key: str) -> str:
    return hashlib.sha256(api_key.encode()).hexdigest()
