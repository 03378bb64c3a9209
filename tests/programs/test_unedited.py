"""Programs written for OpenAI print under `pareta-openai run` what they print when edited by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adopt.programs import PROGRAMS, require_the_same_output

pytestmark = pytest.mark.unedited


def test_there_are_twenty_programs() -> None:
    assert len(PROGRAMS) >= 20


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_prints_the_same_unedited(program: str, tmp_path: Path) -> None:
    require_the_same_output(program, tmp_path)
