"""The platform's state: one SQLite database, in a file or gone with the platform."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from .errors import StateError
from .migrations import MIGRATIONS

# Tells our files from other programs' databases.
_APPLICATION_ID = 0x50415245
_VERSION = len(MIGRATIONS)


class Store:
    """One connection behind one lock: statements take microseconds, so nobody waits long.

    `path` is a file, which is brought up to date where an older version wrote it, or ``:memory:``, which goes to a
    nameless temporary file where it grows beyond a few MiB. Raises `StateError` for a file that is not ours, or newer
    than we are.
    """

    def __init__(self, path: str) -> None:
        self._lock = threading.RLock()
        try:
            self._connection = sqlite3.connect(
                "" if path == ":memory:" else path, isolation_level=None, check_same_thread=False
            )
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
        # A nameless file has nothing to outlive: it takes no WAL, and is faster without a journal file.
        self._connection.execute(f"PRAGMA journal_mode = {'MEMORY' if path == ':memory:' else 'WAL'}")
        # With WAL, NORMAL still outlives a killed process; only a power cut can cost the last commits.
        self._connection.execute("PRAGMA synchronous = NORMAL")
        if version < _VERSION:
            self._migrate(path, version)
        # Not before: a migration may put another table in the place of one that others refer to.
        self._connection.execute("PRAGMA foreign_keys = ON")

    def _migrate(self, path: str, version: int) -> None:
        try:
            self._connection.executescript(
                f"BEGIN IMMEDIATE; {''.join(MIGRATIONS[version:])}"
                f"PRAGMA application_id = {_APPLICATION_ID}; PRAGMA user_version = {_VERSION}; COMMIT;"
            )
        except sqlite3.DatabaseError as error:
            # Closing the connection takes the steps before back.
            raise StateError(
                f"{path} cannot be brought from state version {version} to {_VERSION}: {error}."
            ) from error

    def _pragma(self, name: str) -> int:
        return int(self._connection.execute(f"PRAGMA {name}").fetchone()[0])

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of the block is written, or none of it. One inside another is a part of that one."""
        with self._lock:
            if self._connection.in_transaction:
                yield self._connection
                return
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

    def clock_ahead(self) -> float:
        """By how many seconds the clock that the state's times are told by is ahead of the machine's."""
        row = self.row("SELECT ahead_seconds FROM clock")
        return 0.0 if row is None else float(row[0])

    def keep_clock_ahead(self, seconds: float) -> None:
        with self.transaction() as db:
            db.execute("DELETE FROM clock")
            db.execute("INSERT INTO clock (ahead_seconds) VALUES (?)", (seconds,))

    def clear(self) -> None:
        """Forgets every row."""
        with self.transaction() as db:
            db.execute("PRAGMA defer_foreign_keys = ON")
            for table in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                db.execute(f"DELETE FROM {table['name']}")

    def copy_to(self, path: str) -> None:
        """Writes all of it to a new file. Raises `StateError` where there is one, or none can be."""
        if Path(path).exists():
            raise StateError(f"{path} is there already, and was left as it is.")
        try:
            copy = sqlite3.connect(path)
        except sqlite3.OperationalError as error:
            raise StateError(f"{path}: {error}.") from error
        with closing(copy), self._lock:
            self._connection.backup(copy)

    def close(self) -> None:
        with self._lock:
            self._connection.close()
