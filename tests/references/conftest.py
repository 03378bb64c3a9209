from __future__ import annotations

import pytest


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """Not even looked at but with ``-m references``: scikit-learn and its like are in an environment of their own."""
    return None if config.option.markexpr == "references" else True
