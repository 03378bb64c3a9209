"""Only with ``-m conformance``: schemathesis is in an environment of its own."""

from __future__ import annotations

import pytest


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    return None if config.option.markexpr == "conformance" else True
