"""The files of a repository that are its own: those that .gitignore leaves, without environments and caches."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from pathspec import GitIgnoreSpec

from .kinds import kind_of

NEVER = frozenset(
    {
        *(".git", ".hg", ".svn", ".venv", "venv", "node_modules", "site-packages", ".tox", ".nox", ".eggs"),
        *("__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".pareta-migrate"),
    }
)
"""Folders that are not the project's own work."""


def walk(root: Path, within: Sequence[Path] = (), exclude: Sequence[str] = ()) -> Iterator[str]:
    """The files below `root` that some rule may know, relative to it and with forward slashes, in a fixed order.

    `within` narrows it to some files and folders. A link to a folder is not followed.
    """
    specs = [("", GitIgnoreSpec.from_lines(exclude))] if exclude else []
    wanted = [os.path.relpath(path.absolute(), root).replace(os.sep, "/") for path in within]
    if "." in wanted:
        wanted = []
    for path in _below(root, "", specs):
        if not wanted or any(path == each or path.startswith(f"{each}/") for each in wanted):
            yield path


def _below(root: Path, folder: str, specs: list[tuple[str, GitIgnoreSpec]]) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
    except OSError:
        return
    if any(entry.name == ".gitignore" for entry in entries):
        lines = (root / folder / ".gitignore").read_text(encoding="utf-8", errors="replace").splitlines()
        specs = [*specs, (folder, GitIgnoreSpec.from_lines(lines))]
    folders = []
    for entry in entries:
        path = f"{folder}{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            is_environment = (root / path / "pyvenv.cfg").is_file()
            if entry.name not in NEVER and not is_environment and not _ignored(f"{path}/", specs):
                folders.append(f"{path}/")
        elif kind_of(path) is not None and entry.is_file() and not _ignored(path, specs):
            yield path
    for inner in folders:
        yield from _below(root, inner, specs)


def _ignored(path: str, specs: list[tuple[str, GitIgnoreSpec]]) -> bool:
    for folder, spec in reversed(specs):
        said = spec.check_file(path[len(folder) :]).include
        if said is not None:
            return said
    return False
