"""What git knows of the files that are to be written."""

from __future__ import annotations

import subprocess
from collections.abc import Collection
from pathlib import Path


def unsaved(root: Path, paths: Collection[str]) -> list[str]:
    """Files that git could not give back: changed ones, and of those it does not know the ones in `paths`.

    Relative to `root`. Empty where there is no git, or no repository.
    """
    command = ("git", "-C", str(root), "status", "--porcelain", "-z", "--untracked-files=all", "--no-renames", ".")
    try:
        told = subprocess.run(command, capture_output=True, check=True).stdout
        prefix = (
            subprocess.run(("git", "-C", str(root), "rev-parse", "--show-prefix"), capture_output=True, check=True)
            .stdout.decode(errors="surrogateescape")
            .strip()
        )
    except (OSError, subprocess.CalledProcessError):
        return []
    found = []
    for line in told.decode(errors="surrogateescape").split("\0"):
        state, path = line[:2], line[3:].removeprefix(prefix)
        if line and (state != "??" or path in paths):
            found.append(path)
    return found
