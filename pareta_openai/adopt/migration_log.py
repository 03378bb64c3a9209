"""``PARETA_MIGRATION_LOG``: where a program builds its clients the old way, for the codemod's ``--from-log``."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

VARIABLE = "PARETA_MIGRATION_LOG"

_PASSED_OVER = ("openai", "pareta_openai")


def record(name: str) -> None:
    """Add a line to the file that the variable names, where it is set: ``{"file": …, "line": …, "name": …}``.

    `name` is what the line of the caller's code uses: ``openai.OpenAI``, ``openai.AsyncOpenAI``, or ``openai`` for a
    call of the module's own.
    """
    path = os.environ.get(VARIABLE)
    if not path:
        return
    frame = sys._getframe()
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] in _PASSED_OVER:
        frame = frame.f_back
    entry = {"file": os.path.abspath(frame.f_code.co_filename), "line": frame.f_lineno, "name": name}  # noqa: PTH100
    # In one write: other threads and children append to the same file.
    with Path(path).open("a", encoding="utf-8") as log:
        log.write(json.dumps(entry) + "\n")
