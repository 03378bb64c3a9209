"""Twelve programs for OpenAI print the same on plain openai and, migrated by the command, on Pareta."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pareta_openai.local import LocalPlatform, Organisation, faults

PROGRAMS = Path(__file__).parents[1] / "programs" / "for_openai"
NAMES = sorted(path.name for path in PROGRAMS.iterdir() if path.is_dir())
TASK = "invoice-extraction"


def entry(folder: Path) -> Path:
    [file] = folder.glob("main.*")
    return file


def organisation(platform: LocalPlatform) -> Organisation:
    """One that has the model under OpenAI's name and under Pareta's."""
    made = platform.create_organisation()
    for name in ("gpt-4o-mini", "ep_invoice_kie"):
        made.deploy(TASK, name=name, deploy_seconds=0)
    return made


def printed(root: Path, platform: LocalPlatform, environment: Any) -> dict[str, str]:
    asked = {}
    for name in NAMES:
        tenant = organisation(platform)
        if name == "retries":
            tenant.add_fault(faults.status(429, retry_after=0), on="createChatCompletion", times=2)
        asked[str(entry(root / name))] = environment(tenant)
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("run_programs.py"))],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "PARETA_"))},
    )
    assert done.returncode == 0, done.stderr
    return {Path(name).parent.name: output for name, output in json.loads(done.stdout).items()}


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs after the command."""
    folder = tmp_path_factory.mktemp("programs") / "migrated"
    shutil.copytree(PROGRAMS, folder)
    command = [sys.executable, "-m", "pareta_openai", "migrate", "--write", "--model", "gpt-4o-mini=ep_invoice_kie"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode & ~2 == 1, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def before(platform: LocalPlatform) -> dict[str, str]:
    return printed(
        PROGRAMS,
        platform,
        lambda tenant: {"OPENAI_BASE_URL": f"{platform.base_url}/v1", "OPENAI_API_KEY": tenant.api_key},
    )


@pytest.fixture(scope="module")
def after(platform: LocalPlatform, migrated: Path) -> dict[str, str]:
    return printed(
        migrated,
        platform,
        lambda tenant: {"PARETA_BASE_URL": platform.base_url, "PARETA_API_KEY": tenant.api_key},
    )


def test_there_are_twelve() -> None:
    assert len(NAMES) == 12


@pytest.mark.parametrize("name", NAMES)
def test_a_program_prints_the_same_before_and_after(name: str, before: dict[str, str], after: dict[str, str]) -> None:
    assert "Traceback" not in before[name], before[name]
    assert len(before[name]) > 20
    assert after[name] == before[name]


@pytest.mark.parametrize("name", NAMES)
def test_each_program_was_changed(name: str, migrated: Path) -> None:
    # That of a package is what its main.py imports.
    files = [path for path in (migrated / name).rglob("*") if path.suffix in (".py", ".ipynb")]
    assert any(b"pareta_openai" in file.read_bytes() for file in files)


def test_a_second_run_finds_nothing_to_change(migrated: Path) -> None:
    command = [sys.executable, "-m", "pareta_openai", "migrate", "--check", "--model", "gpt-4o-mini=ep_invoice_kie"]
    done = subprocess.run(command, cwd=migrated, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode & 1 == 0, done.stdout
