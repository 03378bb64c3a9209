"""The README: its code runs as it stands, and what it points at is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

import pareta_openai
from pareta_openai import module_level
from pareta_openai.local import LocalPlatform

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_its_python_runs_from_top_to_bottom_against_the_local_platform(
    platform: LocalPlatform, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PARETA_BASE_URL", platform.base_url)
    monkeypatch.setenv("PARETA_API_KEY", platform.api_key)
    monkeypatch.setattr(pareta_openai, "timeout", None)  # which a block sets
    blocks = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert len(blocks) >= 4
    names: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, "README.md", "exec"), names)
        names["client"].close()
        names["client"] = names["OpenAI"]()
    names["client"].close()
    module_level.reset()
    assert "No model is behind this answer" in capsys.readouterr().out


def test_the_files_that_it_names_are_there() -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_tests_that_its_table_names_are_there() -> None:
    named = re.findall(r"`(test_\w+)`", README)
    assert len(named) > 30
    defined = {
        node.name
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    assert set(named) <= defined
