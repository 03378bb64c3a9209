"""Celery: a worker process for each kind of pool, with files for a broker."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pareta_openai import InsufficientCreditsError
from pareta_openai.local import LocalPlatform, Organisation
from tests.workers import calls

pytestmark = pytest.mark.workers

ROOT = Path(__file__).parents[2]
SECONDS = 60
TOLD_KEY = "pareta_sk_Mq6tRy3wLd8kPz5v"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("celery")


@pytest.fixture(scope="module")
def tasks(folder: Path) -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CELERY_FOLDER", str(folder))
        from tests.workers import celery_app
    return celery_app


@pytest.fixture(scope="module", params=["prefork", "solo"], autouse=True)
def worker(request: pytest.FixtureRequest, folder: Path, environment: None) -> Iterator[None]:  # noqa: ARG001
    command = ["celery", "-A", "tests.workers.celery_app", "worker", "--pool", request.param, "--concurrency", "1"]
    # Celery wants to be told that a worker that reads pickles may run as root, as in a container it does.
    environ = {**os.environ, "CELERY_FOLDER": str(folder), "C_FORCE_ROOT": "1"}
    with folder.joinpath(f"{request.param}.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=environ, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait(SECONDS)


def test_a_worker_without_credit_raises_in_the_parent(
    tasks: ModuleType, platform: LocalPlatform, employer: Organisation, client_name: str
) -> None:
    employer.set_balance(0)
    with pytest.raises(InsufficientCreditsError) as caught:
        tasks.ask.delay(client_name, employer.endpoints[0]).get(timeout=SECONDS)
    assert type(caught.value) is InsufficientCreditsError
    calls.check_out_of_credit(caught.value, platform.base_url)


def test_a_client_that_is_sent_to_a_worker_works_there(tasks: ModuleType, sent: Any) -> None:
    calls.check_answer(tasks.ask_with.delay(sent, "gpt-4o").get(timeout=SECONDS), sent)


def test_what_lies_in_the_broker_and_the_results_has_no_key(
    tasks: ModuleType, folder: Path, employer: Organisation, sent: Any
) -> None:
    employer.set_balance(0)
    with pytest.raises(InsufficientCreditsError):
        tasks.ask_with.delay(sent, employer.endpoints[0]).get(timeout=SECONDS)
    for place in ("read", "results"):
        written = [path.read_bytes() for path in folder.joinpath(place).iterdir()]
        assert written
        for key in (employer.api_key, calls.PARENTS_KEY):
            assert not any(calls.shows(data, key, run=12) for data in written)
    # What is looked for there can be found.
    telling = sent.with_options(api_key=TOLD_KEY, pickle_api_key=True, base_url="http://127.0.0.1:1", max_retries=0)
    tasks.ask_with.delay(telling, "ep").get(timeout=SECONDS, propagate=False)
    assert any(calls.shows(path.read_bytes(), TOLD_KEY, run=12) for path in folder.joinpath("read").iterdir())
