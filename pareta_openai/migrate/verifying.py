"""A command run on the tree as the plan makes it, against the local platform, before anything is written."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from .planning import Plan
from .walking import NEVER


def verify(plan: Plan, command: str) -> int:
    """The exit status of a shell command in a copy of the project that holds the changes.

    ``PARETA_BASE_URL`` and ``PARETA_API_KEY`` are a local platform's, and the copy comes first on ``PYTHONPATH``.
    Raises ``pareta_openai.local.LocalExtraMissing``.
    """
    from pareta_openai.local import LocalPlatform

    with tempfile.TemporaryDirectory() as folder, LocalPlatform() as platform:
        copy = Path(folder, plan.root.name or "project")
        shutil.copytree(plan.root, copy, symlinks=True, ignore=shutil.ignore_patterns(*NEVER))
        for file in plan.changed:
            (copy / file.path).write_bytes(file.after)
        path = [str(copy), str(copy / "src"), *filter(None, [os.environ.get("PYTHONPATH")])]
        settings = {
            "PARETA_BASE_URL": platform.base_url,
            "PARETA_API_KEY": platform.api_key,
            "PYTHONPATH": os.pathsep.join(path),
        }
        return subprocess.run(command, shell=True, cwd=copy, env={**os.environ, **settings}, check=False).returncode
