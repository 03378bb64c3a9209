"""Only with ``-m instrumented``: the packages that instrument are in no other environment."""

from __future__ import annotations

import pytest


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    return None if config.option.markexpr == "instrumented" else True
