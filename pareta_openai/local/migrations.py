"""The state's schema, as the steps that led to it: each script takes a state from one version to the next.

A script that was released is not changed any more.
"""

from __future__ import annotations

_ENDPOINTS_AND_BILLING = """
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

# An eval set whose `item_count` is null is being written or deleted, and nobody sees it.
_EVALS = """
ALTER TABLE endpoints ADD COLUMN failure TEXT;
CREATE TABLE eval_sets (
    number INTEGER PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    id TEXT NOT NULL UNIQUE,
    task_id TEXT NOT NULL,
    name TEXT NOT NULL,
    prompt TEXT,
    item_count INTEGER,
    created_at REAL NOT NULL,
    idempotency_key TEXT,
    UNIQUE (organisation_id, idempotency_key)
);
CREATE TABLE eval_items (
    set_number INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (set_number, idx)
) WITHOUT ROWID;
CREATE TABLE eval_blobs (
    id TEXT PRIMARY KEY,
    set_number INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    field_name TEXT NOT NULL,
    mime TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT,
    is_attached INTEGER NOT NULL
);
CREATE INDEX eval_blobs_by_item ON eval_blobs (set_number, idx);
CREATE TABLE eval_runs (
    number INTEGER PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    id TEXT NOT NULL UNIQUE,
    eval_set_id TEXT NOT NULL,
    candidates TEXT NOT NULL,
    highest_micro_usd INTEGER NOT NULL,
    created_at REAL NOT NULL,
    ends_at REAL NOT NULL,
    request_id TEXT NOT NULL,
    results TEXT,
    total_micro_usd INTEGER,
    error_detail TEXT,
    idempotency_key TEXT,
    UNIQUE (organisation_id, idempotency_key)
);
CREATE INDEX eval_runs_by_set ON eval_runs (organisation_id, eval_set_id);
"""

# The clock has one row, from when it was moved.
_CLOCK = """
CREATE TABLE clock (
    ahead_seconds REAL NOT NULL
);
"""

# `last_four` is null for a key of which only the digest was kept.
_KEYS = """
CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    sha256 TEXT NOT NULL UNIQUE,
    last_four TEXT,
    created_at REAL NOT NULL
);
CREATE INDEX api_keys_by_organisation ON api_keys (organisation_id);
INSERT INTO api_keys
    SELECT 'key_' || substr(key_sha256, 1, 12), id, key_sha256, NULL,
        coalesce((SELECT min(at) FROM top_ups WHERE organisation_id = organisations.id), 0)
    FROM organisations;
CREATE TABLE new_organisations (
    id TEXT PRIMARY KEY,
    balance_micro_usd INTEGER NOT NULL
);
INSERT INTO new_organisations SELECT id, balance_micro_usd FROM organisations ORDER BY rowid;
DROP TABLE organisations;
ALTER TABLE new_organisations RENAME TO organisations;
ALTER TABLE top_ups ADD COLUMN idempotency_key TEXT;
CREATE UNIQUE INDEX top_ups_by_key ON top_ups (organisation_id, idempotency_key);
"""

_DOCUMENTS = """
CREATE TABLE eval_blob_contents (
    blob_id TEXT PRIMARY KEY REFERENCES eval_blobs (id) ON DELETE CASCADE,
    content BLOB NOT NULL
);
"""

# Where `deploy_seconds`, `deploy_polls` and `idle_seconds` are null, the platform says it.
_LIFECYCLE = """
ALTER TABLE endpoints ADD COLUMN started_at REAL;
ALTER TABLE endpoints ADD COLUMN polls INTEGER NOT NULL DEFAULT 0;
ALTER TABLE endpoints ADD COLUMN polls_left INTEGER NOT NULL DEFAULT 0;
ALTER TABLE endpoints ADD COLUMN was_cooled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE endpoints ADD COLUMN deploy_seconds REAL;
ALTER TABLE endpoints ADD COLUMN deploy_polls INTEGER;
ALTER TABLE endpoints ADD COLUMN idle_seconds REAL;
UPDATE endpoints SET started_at = min(created_at, live_at);
"""

_AUTO = """
CREATE TABLE auto_calls (
    organisation_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    at REAL NOT NULL,
    answered INTEGER NOT NULL,
    milliseconds REAL NOT NULL
);
CREATE INDEX auto_calls_by_organisation ON auto_calls (organisation_id, at);
"""

_EVAL_ANSWERS = """
CREATE TABLE eval_answers (
    run_id TEXT NOT NULL,
    model TEXT NOT NULL,
    idx INTEGER NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (run_id, model, idx)
);
"""

MIGRATIONS = (_ENDPOINTS_AND_BILLING, _EVALS, _CLOCK, _KEYS, _DOCUMENTS, _LIFECYCLE, _AUTO, _EVAL_ANSWERS)
"""The version of a state is the number of these that it has seen."""
