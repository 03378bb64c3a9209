"""A sample of `make test-corpora`: code that nobody wrote for these tests."""

from __future__ import annotations

from pathlib import Path

import openai

from .going_through import assert_goes_through


def test_the_installed_openais_own_helpers_go_through(tmp_path: Path) -> None:
    made = assert_goes_through(Path(openai.__file__).parent / "lib", tmp_path, unsafe=True)
    assert made.files
