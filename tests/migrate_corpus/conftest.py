from __future__ import annotations

import pytest


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """Not even looked at but with ``-m corpora``: the packages' sources are in folders of their own."""
    return None if config.option.markexpr == "corpora" else True
