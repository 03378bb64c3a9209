"""Test suites of users', run by a pytest of their own on which the plugin is installed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

import pareta_openai
import pareta_openai.testing.survival
from pareta_openai.local import LocalPlatform

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session", autouse=True)
def warm() -> None:
    """Has every module imported here that a call needs: what a suite imports itself is gone when it ends, and the
    transport does not bear that."""
    with LocalPlatform() as platform:
        arguments = {"api_key": platform.api_key, "base_url": platform.base_url}
        with pareta_openai.OpenAI(**arguments) as client:
            client.models.list()

        async def call() -> None:
            async with pareta_openai.AsyncOpenAI(**arguments) as client:
                await client.models.list()

        for backend in ("asyncio", "trio"):
            anyio.run(call, backend=backend)


@pytest.fixture
def suite(
    pytester: pytest.Pytester, installed: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., pytest.RunResult]:
    """Runs the modules of a suite: in this process, or in one of its own with ``apart=True``."""
    monkeypatch.syspath_prepend(installed)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    # Warnings are errors: a user's suite may say so, and nothing of ours may leak there.
    pytester.makeini("[pytest]\nfilterwarnings = error\nxfail_strict = true\n")

    def run(*arguments: str, apart: bool = False, **modules: str) -> pytest.RunResult:
        if modules:
            pytester.makepyfile(**modules)
        start: Callable[..., Any] = pytester.runpytest_subprocess if apart else pytester.runpytest_inprocess
        result: pytest.RunResult = start("-p", "no:cacheprovider", *arguments)
        return result

    return run
