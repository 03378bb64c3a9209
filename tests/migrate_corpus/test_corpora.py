"""The codemod over the sources of packages that use openai, which `make test-corpora` brings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.migrate.going_through import assert_goes_through

pytestmark = pytest.mark.corpora

CORPORA = sorted(path for path in Path(os.environ["CORPORA"]).glob("*/*") if path.is_dir())


@pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
@pytest.mark.parametrize("corpus", CORPORA, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_corpus_goes_through_and_settles(corpus: Path, unsafe: bool, tmp_path: Path) -> None:
    assert_goes_through(corpus, tmp_path, unsafe=unsafe)
