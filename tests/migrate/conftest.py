"""Repositories of one file or a few, and the command on them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import typer
from typer.testing import CliRunner

from pareta_openai.cli.migrate import run as command


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


collect_ignore = ["pairs"]  # files to migrate: those of them that are tests are none of ours

Migrate = Callable[..., Done]

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
def migrate(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Migrate:
    """`pareta-openai migrate` in the repository."""
    monkeypatch.chdir(repository)
    app = typer.Typer()
    app.command()(command)

    def run(*arguments: str, given: str | None = None) -> Done:
        result = CliRunner().invoke(app, arguments, input=given)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        told = (text.decode("utf-8", "surrogateescape") for text in (result.stdout_bytes, result.stderr_bytes or b""))
        return Done(result.exit_code, *told)

    return run
