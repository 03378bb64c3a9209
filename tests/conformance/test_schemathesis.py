"""schemathesis holds the local platform against the contract: every operation, every check."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import pareta_openai
from pareta_openai.local import LocalPlatform, Organisation, app
from tests.contract.test_document import OPERATIONS
from tests.local.conftest import Caller

pytestmark = pytest.mark.conformance

DOCUMENT = Path(str(files(pareta_openai))) / "openapi.json"
# Two organisations, since it is a check that neither sees what the other has.
CONFIG = """
hooks = "{hooks}"
seed = 20261122
continue-on-failure = true
request-timeout = 20
max-stream-events = 100
[auth.wfc]
path = "keys.json"
user = "one"
peers = ["one", "another"]
[cache]
enabled = false
[checks]
enabled = true
# A stopped endpoint's answer, which the contract has.
[checks.not_a_server_error]
expected-statuses = ["2xx", "3xx", "4xx", 503]
# 400 is for what is well-formed without making sense, such as row 7 of a set that has three. Of 5xx no other than 503
# is let through, as it would be by itself.
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 400, 401, 403, 404, 409, 503]
[generation]
database = "none"
# Made-up names get no further than a 404.
[dictionaries]
tasks = {{ values = ["invoice-extraction"] }}
models = {{ values = ["auto", "invoice-kie-1", "gpt-5.1"] }}
[parameters]
"body.task" = {{ dictionary = "tasks", probability = 0.5 }}
"body.task_id" = {{ dictionary = "tasks", probability = 0.5 }}
"path.task_id" = {{ dictionary = "tasks", probability = 0.5 }}
"body.model" = {{ dictionary = "models", probability = 0.5 }}
# A step takes what an earlier one gave, in place of what was made invalid: then it is right to accept it.
[phases.stateful.generation]
mode = "positive"
[phases.stateful.checks.negative_data_rejection]
enabled = false
"""
TASKS = ("invoice-extraction", "review-sentiment")


def run_schemathesis(folder: Path, platform: LocalPlatform, *options: str) -> subprocess.CompletedProcess[str]:
    """It begins with an organisation that has two endpoints; `folder` is for its files."""
    one = platform.create_organisation(balance_micro_usd=10**12, endpoints=TASKS)
    another = platform.create_organisation(endpoints=TASKS)
    call = Caller(platform.base_url, another.api_key)
    eval_set = call.upload([{"input": {"page": None}, "expected": {"total": "1"}}]).json()["eval_set"]["id"]
    hooks = Path(__file__).with_name("hooks.py")
    folder.joinpath("schemathesis.toml").write_text(CONFIG.format(hooks=hooks.as_posix()), encoding="utf-8")
    keys = {"auth": [credentials("one", one), credentials("another", another)]}
    folder.joinpath("keys.json").write_text(json.dumps(keys), encoding="utf-8")
    run = [sys.executable, "-m", "schemathesis.cli", "run", str(DOCUMENT), "--url", platform.base_url]
    return subprocess.run(
        [*run, "--no-color", *options],
        cwd=folder,
        env={
            **os.environ,
            "CONFORMANCE_URL": platform.base_url,
            "CONFORMANCE_KEY": another.api_key,
            "CONFORMANCE_EVAL_SET": eval_set,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=500,
    )


def credentials(name: str, organisation: Organisation) -> dict[str, Any]:
    return {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {organisation.api_key}"}]}


def test_every_operation_passes_every_check(platform: LocalPlatform, tmp_path: Path) -> None:
    done = run_schemathesis(tmp_path, platform, "--max-examples", "30")
    assert done.returncode == 0, done.stdout
    assert f"Tested: {len(OPERATIONS)}\n" in done.stdout, done.stdout


@pytest.mark.parametrize(
    ("said", "instead", "complaint"),
    [
        (b'"stage":', b'"stge":', "SSE event violates schema"),
        (b"event: progress", b"event: advance", "SSE event violates schema"),
        (b"event: complete", b"event: progress", "SSE stream violates schema"),
    ],
)
def test_a_broken_deploy_event_is_caught(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: bytes, instead: bytes, complaint: str
) -> None:
    create_app = app.create_app
    monkeypatch.setattr(app, "create_app", lambda *a, **k: misspelt(create_app(*a, **k), said, instead))
    with LocalPlatform() as platform:
        only = ("--include-operation-id", "deployEndpoint", "--phases", "examples", "--max-examples", "5")
        done = run_schemathesis(tmp_path, platform, *only)
    assert done.returncode == 1, done.stdout
    assert complaint in done.stdout, done.stdout


def misspelt(inner: ASGIApp, said: bytes, instead: bytes) -> ASGIApp:
    async def outer(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_misspelt(message: Message) -> None:
            if message["type"] == "http.response.body":
                message["body"] = message.get("body", b"").replace(said, instead)
            await send(message)

        await inner(scope, receive, send_misspelt)

    return outer
