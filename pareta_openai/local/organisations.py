"""Organisations and the API keys that open them: several each, minted, shown once and revoked."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from .errors import NotFound, UnknownKey
from .store import Store

_KEY_PREFIX = "pareta_sk_local_"


@dataclass(frozen=True)
class ApiKey:
    """What is left of a key after it was shown. `last_four` is None for one that an old version kept.

    `created_at` is in seconds since the epoch.
    """

    id: str
    last_four: str | None
    created_at: float


class Organisations:
    """Of a key only its SHA-256 is kept: it is random, so that nobody can guess what to hash."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def create(self, organisation_id: str | None = None) -> str:
        """A new organisation with an empty balance and no key yet; its id is made up where none is given."""
        organisation_id = organisation_id or f"org_{secrets.token_hex(6)}"
        with self._store.transaction() as db:
            db.execute("INSERT INTO organisations (id, balance_micro_usd) VALUES (?, 0)", (organisation_id,))
        return organisation_id

    def ids(self) -> list[str]:
        """Oldest first."""
        return [str(row["id"]) for row in self._store.rows("SELECT id FROM organisations ORDER BY rowid")]

    def exists(self, organisation_id: str) -> bool:
        return self._store.row("SELECT 1 FROM organisations WHERE id = ?", organisation_id) is not None

    def require(self, organisation_id: str) -> str:
        """The same id. Raises `NotFound`."""
        if not self.exists(organisation_id):
            raise NotFound(f"No organisation {organisation_id!r} here.")
        return organisation_id

    def mint_key(self, organisation_id: str, *, now: float) -> tuple[ApiKey, str]:
        """A new key, beside those that it has, and what to call with: nobody can be told that again."""
        api_key = new_api_key()
        return self.put_key(organisation_id, f"key_{secrets.token_hex(6)}", api_key, now=now), api_key

    def put_key(self, organisation_id: str, key_id: str, api_key: str, *, now: float) -> ApiKey:
        """`api_key` under this id, in place of the one that had it before."""
        key = ApiKey(key_id, api_key[-4:], now)
        digest = _digest(api_key)
        with self._store.transaction() as db:
            db.execute("DELETE FROM api_keys WHERE id = ? OR sha256 = ?", (key_id, digest))
            db.execute(
                "INSERT INTO api_keys (id, organisation_id, sha256, last_four, created_at) VALUES (?, ?, ?, ?, ?)",
                (key.id, organisation_id, digest, key.last_four, key.created_at),
            )
        return key

    def keys(self, organisation_id: str) -> list[ApiKey]:
        """Oldest first."""
        rows = self._store.rows(
            "SELECT id, last_four, created_at FROM api_keys WHERE organisation_id = ? ORDER BY rowid", organisation_id
        )
        return [ApiKey(*row) for row in rows]

    def revoke_key(self, organisation_id: str, key_id: str) -> None:
        """Whoever calls with it from now on is not known here. Raises `NotFound`."""
        with self._store.transaction() as db:
            revoked = db.execute(
                "DELETE FROM api_keys WHERE organisation_id = ? AND id = ?", (organisation_id, key_id)
            ).rowcount
        if not revoked:
            raise NotFound(f"No key {key_id!r} in this organisation.")

    def authenticate(self, api_key: str) -> str:
        """The id of the organisation that holds `api_key`; raises `UnknownKey`."""
        row = self._store.row("SELECT organisation_id FROM api_keys WHERE sha256 = ?", _digest(api_key))
        if row is None:
            raise UnknownKey("This API key is not known here.")
        return str(row["organisation_id"])


def new_api_key() -> str:
    return _KEY_PREFIX + secrets.token_hex(16)


def _digest(api_key: str) -> str:
    return hashlib.sha256(api_key.encode()).hexdigest()
