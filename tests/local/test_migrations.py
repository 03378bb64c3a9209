from __future__ import annotations

import hashlib
import sqlite3

import pytest

from pareta_openai.local import LocalPlatform, StateError
from pareta_openai.local.migrations import MIGRATIONS

# As the first version wrote it, on 2026-11-22.
VERSION_1 = """
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
PRAGMA application_id = 1346458181;
PRAGMA user_version = 1;
"""

# The default organisation after one call, with a balance and an endpoint that no fresh state has.
CONTENT = """
INSERT INTO organisations VALUES ('org_default', :key_sha256, 4999180);
INSERT INTO top_ups VALUES (1, 'org_default', 5000000, 1000.0);
INSERT INTO endpoints VALUES
    (1, 'org_default', 'mine', 'contract-key-fields', 'contract-kie-1', 1000.0, 1000.0, 0, NULL),
    (2, 'org_default', 'stopped', 'news-summaries', 'news-sum-1', 1000.0, NULL, 1, NULL);
INSERT INTO debits VALUES (1, 'org_default', 'mine', 'request', 10, 20, 820, 9400, 'call-1', 1001.0);
INSERT INTO calls VALUES ('org_default', 'mine', 1001.0, 1, 2.5, 10, 20);
"""


@pytest.fixture
def old_state(tmp_path):
    """A file that version 1 wrote."""
    path = tmp_path / "state.sqlite"
    connection = sqlite3.connect(path)
    key_sha256 = hashlib.sha256(LocalPlatform().api_key.encode()).hexdigest()
    connection.executescript(VERSION_1 + CONTENT.replace(":key_sha256", f"'{key_sha256}'"))
    connection.close()
    return path


def schema_of(path):
    """What stands in the file, and its version."""
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%'").fetchall()
    [version] = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    return set(rows), version


def test_an_old_state_is_brought_up_to_date_and_keeps_what_it_had(old_state, caller):
    with LocalPlatform(state=old_state) as platform:
        call = caller(platform.base_url, platform.api_key)
        statuses = {record["id"]: record["status"] for record in call("GET", "/v1/endpoints").json()}
        assert statuses == {"mine": "live", "stopped": "stopped"}
        assert call("GET", "/_local/organisation").json() == {
            "id": "org_default",
            "balance_micro_usd": 4_999_180,
            "spent_micro_usd": 820,
            "topped_up_micro_usd": 5_000_000,
        }
        assert call("GET", "/v1/endpoints/mine/activity").json()["prompt_tokens"] == 10
        assert call("DELETE", "/v1/endpoints/stopped").status == 409
        call.chat(model="mine", key="call-1")
        assert call("GET", "/_local/organisation").json()["spent_micro_usd"] == 820
        assert call.upload([{"input": "x", "expected": "y"}]).status == 201
    assert schema_of(old_state)[1] == len(MIGRATIONS)


def test_an_old_state_ends_up_with_the_schema_of_a_new_one(old_state, tmp_path):
    for path in (old_state, tmp_path / "new.sqlite"):
        with LocalPlatform(state=path):
            pass
    assert schema_of(old_state) == schema_of(tmp_path / "new.sqlite")


def test_a_state_that_cannot_be_brought_up_to_date_is_left_as_it_was(old_state):
    connection = sqlite3.connect(old_state)
    connection.execute("CREATE TABLE eval_runs (not_ours)")
    connection.close()
    before = schema_of(old_state)
    with pytest.raises(StateError, match="version 1 to "):
        LocalPlatform(state=old_state).start()
    assert schema_of(old_state) == before


def test_the_first_version_is_not_changed_any_more(tmp_path):
    paths = tmp_path / "shipped.sqlite", tmp_path / "remembered.sqlite"
    for path, script in zip(paths, (MIGRATIONS[0] + "PRAGMA user_version = 1", VERSION_1), strict=True):
        connection = sqlite3.connect(path)
        connection.executescript(script)
        connection.close()
    assert schema_of(paths[0]) == schema_of(paths[1])
