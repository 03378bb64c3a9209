"""Writing a plan so that it can be taken back: each file in one step, what it held kept beside.

The last run is kept in ``.pareta-migrate`` at the project's root: ``journal.json`` with a checksum of each file before
and after, and the files' own bytes. The journal is there before the first file is written, so that a run that was
killed half-way is taken back as well.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .file_plans import FilePlan

FOLDER = ".pareta-migrate"


class CannotUndo(RuntimeError):
    """There is no run to take back, or a file has changed since; the message says which."""


@dataclass(frozen=True)
class _Kept:
    path: str
    before: str
    after: str

    def file(self, root: Path) -> Path:
        return root / FOLDER / self.before


def write(root: Path, files: Iterable[FilePlan]) -> None:
    """Writes what the plan says. Raises OSError, with nothing lost: `undo` takes back what was written."""
    files = list(files)
    _keep(root, files)
    for file in files:
        _replace(root / file.path, file.after)


def undo(root: Path) -> list[str]:
    """Gives the files of the last run the bytes that they had; returns their paths.

    Raises CannotUndo, with nothing changed, where one of them is neither as the run left it nor as it was before.
    """
    kept = list(_kept(root))
    for each in kept:
        now = _checksum_of(root / each.path)
        if now not in (each.before, each.after):
            raise CannotUndo(f"{each.path} has changed since: nothing is taken back.")
        if _checksum_of(each.file(root)) != each.before:
            raise CannotUndo(f"{FOLDER} does not have what {each.path} held: nothing is taken back.")
    for each in kept:
        _replace(root / each.path, each.file(root).read_bytes())
    shutil.rmtree(root / FOLDER)
    return [each.path for each in kept]


def _keep(root: Path, files: list[FilePlan]) -> None:
    folder = root / FOLDER
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)
    folder.mkdir()
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    journal = []
    for file in files:
        kept = _Kept(file.path, _checksum(file.before), _checksum(file.after))
        kept.file(root).write_bytes(file.before)
        journal.append(vars(kept))
    _replace(folder / "journal.json", json.dumps(journal, indent=1).encode())


def _kept(root: Path) -> Iterator[_Kept]:
    try:
        journal = json.loads((root / FOLDER / "journal.json").read_bytes())
    except FileNotFoundError:
        raise CannotUndo(f"No run of --write to take back in {root}.") from None
    for each in journal:
        yield _Kept(**each)


def _replace(path: Path, data: bytes) -> None:
    """All of the bytes or none of them; the file's mode stays, and a link goes on being one."""
    target = path.resolve()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(target, name) if target.exists() else Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _checksum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _checksum_of(path: Path) -> str:
    try:
        return _checksum(path.read_bytes())
    except OSError:
        return ""
