"""The folder that `pareta-openai run` puts on Python's path; `sitecustomize` in it is what Python starts with."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """`inherited`, for a process in which `install` is to be in force, and in all Pythons below it."""
    path = [str(Path(__file__).parent), *filter(None, [inherited.get("PYTHONPATH")])]
    return {**inherited, "PYTHONPATH": os.pathsep.join(path)}
