"""Only with ``-m programs``: each client is in an environment of its own, which `make test-programs` makes."""

from __future__ import annotations

import pytest


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    return None if config.option.markexpr == "programs" else True
