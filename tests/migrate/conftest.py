"""Repositories of one file or a few, and the command on them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Migrate = Callable[..., "subprocess.CompletedProcess[str]"]

PROGRAM = """\
import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["OPENAI_API_KEY"])
"""
MIGRATED = """\
import os

from pareta_openai import OpenAI

client = OpenAI(api_key=os.environ["PARETA_API_KEY"])
"""


def git(root: Path, *arguments: str, given: bytes | None = None) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "core.autocrlf=false")
    done = subprocess.run(("git", *who, *arguments), cwd=root, input=given, capture_output=True, check=True)
    return done.stdout.decode()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository of git's with one program, committed."""
    root = tmp_path / "repository"
    root.mkdir()
    (root / "app.py").write_text(PROGRAM)
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "first")
    return root


@pytest.fixture
def migrate(repository: Path) -> Migrate:
    """`pareta-openai migrate` in the repository."""

    def run(*arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
        command = (sys.executable, "-m", "pareta_openai", "migrate", *arguments)
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        asked = given.encode() if given is not None else None
        done = subprocess.run(command, cwd=repository, env=environment, input=asked, capture_output=True)
        told = (text.decode("utf-8", "surrogateescape") for text in (done.stdout, done.stderr))
        return subprocess.CompletedProcess(command, done.returncode, *told)

    return run
