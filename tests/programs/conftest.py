"""Only with ``-m programs`` or ``-m unedited``: they need environments of their own, which their make targets make."""

from __future__ import annotations

from pathlib import Path

import pytest

_MARKERS = {"test_programs.py": "programs", "test_unedited.py": "unedited"}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    marker = _MARKERS.get(collection_path.name)
    return None if marker in (None, config.option.markexpr) else True
