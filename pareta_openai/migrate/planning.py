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
from .settings import unset
from .walking import walk
from .workers import each

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
    unset: tuple[str, ...] = ()
    """Environment variables that the changed code needs and that no file sets."""

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
    declined: Iterable[FilePlan] = (),
) -> Plan:
    """What migrating `root` takes.

    `within` narrows it to some files and folders, `declined` are plans of files that are to stay as they are, and
    `progress` is told how many files are done, and of how many.
    """
    options = options or Options()
    everything = list(walk(root, (), options.exclude))
    paths = list(walk(root, within, options.exclude)) if within else everything
    refusals = Refusals({})
    for file in declined:
        refusals = Refusals({}, refusals.groups | file.groups, refusals.declined | {file.path})
    while True:
        plans, failed = _attempt(Project(root, everything, options), paths, refusals, progress)
        if not failed:
            found = [file for file in plans.values() if file.entries or file.problem]
            files = tuple(sorted(found, key=lambda file: file.path))
            return Plan(root, options, files, len(paths), unset(plans.values()))
        groups = (plans[path].groups for path in failed)
        refusals = Refusals({**refusals.files, **failed}, refusals.groups.union(*groups), refusals.declined)


def _attempt(
    project: Project, paths: Sequence[str], refusals: Refusals, progress: Progress
) -> tuple[dict[str, FilePlan], dict[str, str]]:
    """The plans, and the files whose changes cannot be made, with why."""
    run = _Run(project, refusals, progress, len(paths))
    code: list[str] = []
    after_code: list[str] = []
    for path in paths:
        kind = kind_of(path)
        (after_code if kind is not None and kind.after_code else code).append(path)
    wanted, candidates = _past_the_gate(code, project)
    run.passed(len(code) - len(wanted))
    while wanted:
        run.look_at(wanted)
        wanted = gates.importing(candidates, [path for path in wanted if run.plans[path].exports])
        for path in wanted:
            del candidates[path]
    run.settle(list(run.plans))
    _tell(project, run.plans)
    run.look_at(after_code)
    run.settle(after_code)
    return run.plans, run.failed


class _Run:
    """One attempt at all files."""

    def __init__(self, project: Project, refusals: Refusals, progress: Progress, files: int) -> None:
        self.plans: dict[str, FilePlan] = {}
        self.failed: dict[str, str] = {}
        """Files whose changes cannot be made, and why."""
        self._project = project
        self._refusals = refusals
        self._progress = progress
        self._files = files
        self._done = 0

    def passed(self, files: int) -> None:
        """Notes that so many more files are done."""
        self._done += files
        self._progress(min(self._done, self._files), self._files)

    def look_at(self, paths: Sequence[str]) -> None:
        for plan in each(first_plan, [(path, self._refusals) for path in paths], self._project):
            self.plans[plan.path] = plan
            self.passed(1)

    def settle(self, paths: Iterable[str]) -> None:
        """Looks into what changed until nothing more is found, and at whether it came out right."""
        changed = [path for path in paths if self.plans[path].edits]
        moving = [self.plans[path] for path in changed]
        for _ in range(ROUNDS):
            self._project.take({plan.path: plan.after for plan in moving})
            moving = [plan for plan in each(next_plan, moving, self._project) if plan is not None]
            self.failed |= {plan.path: plan.problem for plan in moving if plan.problem}
            moving = [plan for plan in moving if not plan.problem]
            self.plans.update((plan.path, plan) for plan in moving)
        self.failed |= {plan.path: "looked into again and again, it goes on changing" for plan in moving}
        for path, why in each(fault_of, [self.plans[path] for path in changed], self._project):
            if why is not None:
                self.failed[path] = why


def _past_the_gate(paths: Iterable[str], project: Project) -> tuple[list[str], dict[str, frozenset[bytes]]]:
    """The files that say a word some rule goes by, and of the other Python files the words of their imports."""
    wanted, others = [], {}
    gate = gates.words(project.options)
    for path in paths:
        try:
            data = project.read(path)
        except OSError:
            wanted.append(path)  # whose plan tells why
            continue
        lower = data.lower()
        if any(word in lower for word in gate):
            wanted.append(path)
        elif path.endswith(".py"):
            others[path] = gates.imported_words(data)
    return wanted, others


def _tell(project: Project, plans: dict[str, FilePlan]) -> None:
    """What files that are no code have to know."""
    for file in plans.values():
        project.renames.update(file.renames)
        for name, place in file.reads:
            project.still_read.setdefault(name, place)
        project.migrated |= bool(file.edits) or any(entry.verdict == "already" for entry in file.entries)
