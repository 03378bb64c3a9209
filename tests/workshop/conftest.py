import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MADE_HERE = {".git", ".venv", ".nox", ".hypothesis", "build", "dist"}


@pytest.fixture
def one_certificate() -> None:
    """Not here: what these tests start talks to a package index."""


@pytest.fixture(scope="session")
def shipped() -> dict[str, Path]:
    """The files of a fresh clone, by their path in it. Without git: all but what was made here."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        names = [name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if not made_here(path)]
    return {name: ROOT / name for name in names if (ROOT / name).is_file()}


def made_here(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return parts[0] in MADE_HERE or any(part.endswith("cache__") or part.endswith("_cache") for part in parts)
