"""The platform's state: one SQLite database, in memory or in a file."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .errors import StateError

# Tells our files from other programs' databases.
_APPLICATION_ID = 0x50415245
_VERSION = 1

_SCHEMA = """
CREATE TABLE organisations (
    id TEXT PRIMARY KEY,
    key_sha256 TEXT NOT NULL UNIQUE,
    balance_micro_usd INTEGER NOT NULL
);
CREATE TABLE top_ups (
    number INTEGER PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    micro_usd INTEGER NOT NULL,
    at REAL NOT NULL
);
CREATE INDEX top_ups_by_organisation ON top_ups (organisation_id);
CREATE TABLE debits (
    number INTEGER PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    endpoint_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    micro_usd INTEGER NOT NULL,
    frontier_micro_usd INTEGER NOT NULL,
    idempotency_key TEXT,
    at REAL NOT NULL,
    UNIQUE (organisation_id, idempotency_key)
);
CREATE INDEX debits_by_endpoint ON debits (organisation_id, endpoint_id);
CREATE TABLE endpoints (
    number INTEGER PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    alias TEXT NOT NULL,
    created_at REAL NOT NULL,
    live_at REAL,
    is_seed INTEGER NOT NULL,
    idempotency_key TEXT,
    UNIQUE (organisation_id, id),
    UNIQUE (organisation_id, idempotency_key)
);
CREATE TABLE calls (
    organisation_id TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,
    at REAL NOT NULL,
    answered INTEGER NOT NULL,
    milliseconds REAL NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL
);
CREATE INDEX calls_by_endpoint ON calls (organisation_id, endpoint_id, at);
"""


class Store:
    """One connection behind one lock: statements take microseconds, so nobody waits long.

    `path` is a file or ``:memory:``. Raises `StateError` for a file that is not ours, or newer than we are.
    """

    def __init__(self, path: str) -> None:
        self._lock = threading.RLock()
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        except sqlite3.OperationalError as error:
            raise StateError(f"{path}: {error}.") from error
        self._connection.row_factory = sqlite3.Row
        try:
            self._prepare(path)
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self, path: str) -> None:
        try:
            application = self._pragma("application_id")
            version = self._pragma("user_version")
            is_empty = not self._connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
        except sqlite3.DatabaseError as error:
            raise StateError(f"{path} is not a state file of the local platform: {error}.") from error
        if not is_empty and application != _APPLICATION_ID:
            raise StateError(f"{path} is another program's database, not a state file of the local platform.")
        if version > _VERSION:
            raise StateError(
                f"{path} was written by a newer pareta-openai (state version {version}, this one reads"
                f" {_VERSION}). Update pareta-openai, or name another file."
            )
        self._connection.execute("PRAGMA journal_mode = WAL")
        # With WAL, NORMAL still outlives a killed process; only a power cut can cost the last commits.
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        if is_empty:
            self._connection.executescript(
                f"BEGIN IMMEDIATE; {_SCHEMA}"
                f"PRAGMA application_id = {_APPLICATION_ID}; PRAGMA user_version = {_VERSION}; COMMIT;"
            )

    def _pragma(self, name: str) -> int:
        return int(self._connection.execute(f"PRAGMA {name}").fetchone()[0])

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of the block is written, or none of it. Not to be nested."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def rows(self, sql: str, *parameters: Any) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(sql, parameters).fetchall()

    def row(self, sql: str, *parameters: Any) -> sqlite3.Row | None:
        rows = self.rows(sql, *parameters)
        return rows[0] if rows else None

    def close(self) -> None:
        with self._lock:
            self._connection.close()
