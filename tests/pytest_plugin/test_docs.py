"""What docs/testing.md and the README show of tests is run as it stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pareta_openai.testing.survival import TRIALS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")

Suite = Callable[..., pytest.RunResult]


def code_of(text: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)


def test_its_tests_pass(suite: Suite) -> None:
    blocks = {f"test_block_{number}": block for number, block in enumerate(code_of(PAGE))}
    # A block without imports goes on with the names of the one before.
    blocks["test_block_2"] = blocks["test_block_1"] + blocks["test_block_2"]
    survival = blocks.pop("test_block_3")
    assert "streamed()" in survival
    result = suite(**blocks)
    outcomes = result.parseoutcomes()
    assert set(outcomes) <= {"passed", "warnings"}
    assert outcomes["passed"] >= 20


def test_its_summary_is_what_the_run_tells(suite: Suite) -> None:
    """Of what does not survive, which is so with every openai; older ones have more of it."""
    [shown] = re.findall(r"```text\n(test_streamed.*?)```", PAGE, flags=re.DOTALL)
    faulty = [line for line in shown.splitlines() if re.match(r" +(does not +)?[\w-]+: \S+ ", line)]
    assert len(faulty) == 3
    assert set(faulty) <= set(suite(test_streamed=code_of(PAGE)[3]).stdout.lines)


def test_its_table_has_every_fault() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| .* \| (pass|give up) \|$", PAGE, flags=re.MULTILINE)
    assert rows == [(trial.name, "pass" if trial.retry_helps else "give up") for trial in TRIALS]


def test_what_the_readme_shows_passes(suite: Suite) -> None:
    [section] = re.findall(r"^## In your tests\n(.*?)^## ", README, flags=re.DOTALL | re.MULTILINE)
    [block] = code_of(section)
    result = suite(test_readme=block)
    assert "passed" in result.parseoutcomes()
    assert "failed" not in result.parseoutcomes()
