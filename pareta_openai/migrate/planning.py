"""From the files of a repository to what is to change in them. Nothing is written here.

All files are looked into, the changes are made in memory, and what changed is looked into again, until nothing more is
found. A file that does not come out right (`KindModule.fault`) or does not settle is left as it was, and so is each
change elsewhere that belongs to one of its changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import gates
from .file_plans import FilePlan, Refusals, fault_of, first_plan, next_plan
from .kinds import kind_of
from .options import Options
from .project import Project
from .walking import walk

ROUNDS = 5

Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class Plan:
    """What a run would change, and what it found."""

    root: Path
    options: Options
    files: tuple[FilePlan, ...] = ()
    """Those in which anything was found or that could not be read, by path."""
    looked_at: int = 0
    """How many files there are, with those in which nothing was found."""

    @property
    def changed(self) -> list[FilePlan]:
        return [file for file in self.files if file.edits]

    @property
    def exit_code(self) -> int:
        """The sum of 1 (something changes), 2 (something needs a person), 4 (a file cannot be read or checked)."""
        manual = any(entry.verdict == "manual" for file in self.files for entry in file.entries)
        return bool(self.changed) + 2 * manual + 4 * any(file.problem for file in self.files)


def plan(
    root: Path,
    within: Sequence[Path] = (),
    options: Options | None = None,
    progress: Progress = lambda _done, _all: None,
    refused: Iterable[str] = (),
) -> Plan:
    """What migrating `root` takes.

    `within` narrows it to some files and folders, `refused` are files that stay as they are, and `progress` is told how
    many files are done, and of how many.
    """
    options = options or Options()
    everything = list(walk(root, (), options.exclude))
    paths = list(walk(root, within, options.exclude)) if within else everything
    refusals = Refusals(dict.fromkeys(refused, "you said so"))
    while True:
        plans, failed = _attempt(Project(root, everything, options), paths, refusals, progress)
        if not failed:
            found = [file for file in plans.values() if file.entries or file.problem]
            return Plan(root, options, tuple(sorted(found, key=lambda file: file.path)), len(paths))
        groups = (plans[path].groups for path in failed)
        refusals = Refusals({**refusals.files, **failed}, refusals.groups.union(*groups))


def _attempt(
    project: Project, paths: Sequence[str], refusals: Refusals, progress: Progress
) -> tuple[dict[str, FilePlan], dict[str, str]]:
    """The plans, and the files whose changes cannot be made, with why."""
    code: list[str] = []
    after_code: list[str] = []
    for path in paths:
        kind = kind_of(path)
        (after_code if kind is not None and kind.after_code else code).append(path)
    candidates: dict[str, frozenset[bytes]] = {}
    plans: dict[str, FilePlan] = {}
    gate = gates.words(project.options)
    for done, path in enumerate(code):
        progress(done, len(paths))
        if _says(project, path, gate, candidates):
            plans[path] = first_plan(path, project, refusals)
    exporting = {path for path, file in plans.items() if file.exports}
    while exporting:
        found = gates.importing(candidates, exporting)
        for path in found:
            del candidates[path]
            plans[path] = first_plan(path, project, refusals)
        exporting = {path for path in found if plans[path].exports}
    failed = _settle(plans, list(plans), project)
    _tell(project, plans)
    for done, path in enumerate(after_code, len(code)):
        progress(done, len(paths))
        plans[path] = first_plan(path, project, refusals)
    failed |= _settle(plans, after_code, project)
    progress(len(paths), len(paths))
    for path, file in plans.items():
        why = fault_of(file) if file.edits else None
        if why is not None:
            failed[path] = why
    return plans, failed


def _says(project: Project, path: str, gate: frozenset[bytes], candidates: dict[str, frozenset[bytes]]) -> bool:
    """Whether a file says a word of the gate; one that does not is noted with what it imports."""
    try:
        data = project.read(path)
    except OSError:
        return True  # which the plan then reports
    lower = data.lower()
    if any(word in lower for word in gate):
        return True
    if path.endswith(".py"):
        candidates[path] = gates.imported_words(data)
    return False


def _settle(plans: dict[str, FilePlan], paths: Iterable[str], project: Project) -> dict[str, str]:
    """Looks into what changed until nothing more is found; says where there is no end to it."""
    moving = [plans[path] for path in paths if plans[path].edits]
    for _ in range(ROUNDS):
        project.take({file.path: file.after for file in moving})
        following = [(file, next_plan(file, project)) for file in moving]
        moving = [after for before, after in following if after is not before]
        plans.update((file.path, file) for file in moving)
    return {file.path: "looked into again and again, it goes on changing" for file in moving}


def _tell(project: Project, plans: dict[str, FilePlan]) -> None:
    """What files that are no code have to know."""
    for file in plans.values():
        project.renames.update(file.renames)
        for name, place in file.reads:
            project.still_read.setdefault(name, place)
        project.migrated |= any(entry.verdict in ("migrate", "already") for entry in file.entries)
