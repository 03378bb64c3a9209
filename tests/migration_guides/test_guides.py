"""The migration guides: every block runs against the local platform, and the diffs are the command's own."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pareta_openai.local import LocalPlatform
from tests.migration_guides.guides import GUIDES, ROOT, blocks, lay_out, made_diff

CHECKLIST = ["Key", "Endpoint", "Client", "Model", "Errors", "Balance"]

each_guide = pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)


@pytest.fixture
def shell(tmp_path: Path, installed: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Path], None]:
    """Runs a line with the commands that a person has after installing, in an environment of the local platform."""
    for command, words in {"python": "", "pytest": "-m pytest", "pareta-openai": "-m pareta_openai"}.items():
        program = tmp_path / "bin" / command
        program.parent.mkdir(exist_ok=True)
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {words} "$@"\n')
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(installed), str(ROOT)]))

    def run(line: str, project: Path) -> None:
        done = subprocess.run(
            line, shell=True, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120
        )
        # The command says by its status what it found; --check after all is done has to find nothing to change.
        allowed = (0, 2) if "--check" in line else (0, 1, 2, 3) if line.startswith("pareta-openai migrate") else (0,)
        assert done.returncode in allowed, f"{line}\n{done.stdout}"

    return run


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> object:
    with LocalPlatform() as platform:
        monkeypatch.setenv("PARETA_BASE_URL", platform.base_url)
        monkeypatch.setenv("PARETA_API_KEY", platform.api_key)
        yield platform


@each_guide
def test_the_diff_is_the_commands_own(guide: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    first = blocks(guide)[0]
    assert first.kind == "diff"
    assert first.text
    assert made_diff(guide, lay_out(guide, tmp_path)) == first.text


@each_guide
@pytest.mark.usefixtures("environment")
def test_every_block_runs(
    guide: Path, tmp_path: Path, shell: Callable[[str, Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = lay_out(guide, tmp_path)
    monkeypatch.syspath_prepend(project)
    monkeypatch.chdir(project)
    monkeypatch.setitem(sys.modules, "app", None)  # so that it is gone afterwards, whatever happens
    del sys.modules["app"]
    tests = re.findall(r"As `(test_\w+\.py)`:\n", guide.read_text(encoding="utf-8"))
    ran = 0
    for block in blocks(guide):
        if block.kind == "sh":
            for line in block.text.splitlines():
                shell(line, project)
        elif block.kind == "python" and tests:
            (project / tests.pop()).write_text(block.text, encoding="utf-8")
        elif block.kind == "python":
            names: dict[str, object] = {}
            exec(compile(block.text, guide.name, "exec"), names)
            sys.modules["app"].client.close()
        else:
            assert block.kind == "diff"
        ran += 1
    assert ran >= 4


@each_guide
def test_it_ends_with_the_platforms_checklist(guide: Path) -> None:
    last = guide.read_text(encoding="utf-8").split("\n## ")[-1]
    assert last.startswith("The platform's checklist\n")
    assert re.findall(r"^- \[ \] \*\*(\w+)\*\*: .+", last, flags=re.MULTILINE) == CHECKLIST


@each_guide
def test_what_it_links_to_is_there(guide: Path) -> None:
    text = guide.read_text(encoding="utf-8")
    assert [link for link in re.findall(r"\]\((?!http)([^)#]+)\)", text) if not (guide.parent / link).exists()] == []
