"""The guides in migration_guides/: their blocks, and the diffs that the command makes for them.

``python -m tests.migration_guides.guides`` writes the diffs anew.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "migration_guides"
GUIDES = sorted(FOLDER.glob("*.md"))
_BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    kind: str
    text: str


def blocks(guide: Path) -> list[Block]:
    return [Block(found["kind"], found["text"]) for found in _BLOCK.finditer(guide.read_text(encoding="utf-8"))]


def lay_out(guide: Path, folder: Path) -> Path:
    """A clean git repository with what the guide starts from."""
    project = folder / "project"
    shutil.copytree(FOLDER / "examples" / guide.stem, project)
    person = ("-c", "user.name=a person", "-c", "user.email=person@example.com")
    for command in (("init", "-q"), ("add", "."), (*person, "commit", "-q", "-m", "before")):
        subprocess.run(("git", *command), cwd=project, check=True)
    return project


def writing_command(guide: Path) -> list[str]:
    """The words behind ``pareta-openai migrate`` of the line that changes the project."""
    lines = [
        shlex.split(line, comments=True)
        for block in blocks(guide)
        if block.kind == "sh"
        for line in block.text.splitlines()
    ]
    [words] = [line[2:] for line in lines if "--write" in line]
    return words


def made_diff(guide: Path, project: Path) -> str:
    """What the guide's command shows with --diff."""
    words = writing_command(guide)
    if "--verify" in words:
        at = words.index("--verify")
        words[at : at + 2] = []
    words = [word for word in words if word != "--write"]
    command = [sys.executable, "-m", "pareta_openai", "migrate", "--diff", *words]
    return subprocess.run(command, cwd=project, stdout=subprocess.PIPE, text=True, check=False, timeout=120).stdout


def main() -> None:
    os.environ["PYTHONPATH"] = str(ROOT)
    for guide in GUIDES:
        with tempfile.TemporaryDirectory() as folder:
            diff = made_diff(guide, lay_out(guide, Path(folder)))
        text = guide.read_text(encoding="utf-8")
        written = _BLOCK.sub(lambda found: f"```diff\n{diff}```" if found["kind"] == "diff" else found[0], text)  # noqa: B023
        guide.write_text(written, encoding="utf-8")


if __name__ == "__main__":
    main()
