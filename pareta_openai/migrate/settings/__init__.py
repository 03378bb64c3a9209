"""Files that are no code: what a project requires, and the environment variables that it sets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ..findings import Edit, Finding, Span
from ..kinds import Look, Reason, kind_of
from ..rules.po010_requirements import RULE as REQUIREMENTS
from ..rules.po020_variables import RULE as VARIABLES
from ..source import Source, Unreadable
from . import conda, requirements, toml, variables, versions
from .requirements import Requirement
from .soundness import stays_readable

if TYPE_CHECKING:
    from ..file_plans import FilePlan
    from ..project import Project

_OPENAIS_OWN = re.compile(
    rb"(?<![A-Z0-9_])(?:AZURE_OPENAI_[A-Z_]+|OPENAI_(?:ORG|PROJECT|API_VERSION|API_TYPE|ADMIN)[A-Z_]*)"
)
_LOCKS = ("package-lock.json", "pnpm-lock.yaml")


def look(path: str, data: bytes, project: Project) -> Look:
    """Raises Unreadable."""
    lower = data.lower()
    if b"openai" not in lower and not (b"pareta" in lower and _reader(path)):
        return Look(Source(b""), [])
    source = Source(data)
    if _is_lock(path):
        return Look(source, [], lambda _: Reason("left", "a lock file: make it anew"))
    findings = [finding for finding in _check(path, data, project) if project.options.wants(finding.rule)]
    return Look(source, findings, partial(_reason, data))


def fault(path: str, before: bytes, after: bytes) -> str | None:
    """Why the result is not to be written: it cannot be read any more."""
    return None if stays_readable(path, before, after) else "the result could not be read"


def imports(path: str, data: bytes, names: Iterable[str]) -> list[Edit]:
    """None: there is no code in them."""
    del path, data, names
    return []


def _reason(data: bytes, span: Span) -> Reason:
    """For a place that no finding speaks of."""
    if _OPENAIS_OWN.match(data, max(0, span.start - len("AZURE_"))) or _OPENAIS_OWN.match(data, span.start):
        return Reason("left", "Pareta has no use for it: it can go when no other code reads it")
    return Reason("left", "no setting of a client's")


def _check(path: str, data: bytes, project: Project) -> Iterator[Finding]:
    reader = _reader(path)
    if reader is not None:
        try:
            found = list(reader(data))
        except ValueError as error:
            raise Unreadable(str(error)) from error
        yield from (_of_requirement(requirement, data, project) for requirement in found)
    if reader is None or _sets_variables(path):
        yield from _of_variables(data, project)


def unset(plans: Iterable[FilePlan]) -> tuple[str, ...]:
    """The variables that changed code reads now and that no file sets, but for the base URL, which has a default."""
    plans = list(plans)
    names = {new for plan in plans for _, new in plan.renames} - {"PARETA_BASE_URL"}
    files = [plan.after for plan in plans if _sets_variables(plan.path)]
    return tuple(sorted(name for name in names if not any(variables.assigns(data, name) for data in files)))


def _reader(path: str) -> Callable[[bytes], Iterable[Requirement]] | None:
    file = PurePosixPath(path)
    name = file.name.lower()
    if name in ("pyproject.toml", "pipfile"):
        return toml.of_toml
    if name == "setup.cfg":
        return requirements.of_setup_cfg
    if re.fullmatch(r"(?:conda[-_.]?)?env(?:ironment)?[^/]*\.ya?ml", name):
        return conda.of_environment
    if file.suffix in (".txt", ".in") and ("requirements" in name or file.parent.name == "requirements"):
        return requirements.of_text
    return None


def _is_lock(path: str) -> bool:
    return path.lower().endswith((".lock", *_LOCKS))


def _sets_variables(path: str) -> bool:
    kind = kind_of(path)
    return kind is not None and kind.home == "settings" and not path.endswith((".txt", ".in")) and not _is_lock(path)


def _is_openai(requirement: Requirement, data: bytes) -> bool:
    return data[requirement.span.start : requirement.span.end].lower() == b"openai"


def _of_requirement(requirement: Requirement, data: bytes, project: Project) -> Finding:
    span, version, edit, obstacle = requirement
    if not project.migrated:
        return Finding(REQUIREMENTS.id, "left", span, "no code of this project becomes Pareta's")
    if obstacle:
        return Finding(REQUIREMENTS.id, "manual", span, obstacle, safety="manual")
    if edit is None:
        return Finding(REQUIREMENTS.id, "already", span, f"{requirements.NAME} is there")
    if _is_openai(requirement, data) and versions.too_old(version):
        wanted = (
            f"{requirements.NAME} needs {versions.NEEDS}, this says {version}: raise it and add {requirements.NAME}"
        )
        return Finding(REQUIREMENTS.id, "manual", span, wanted, safety="manual")
    return Finding(REQUIREMENTS.id, "migrate", span, f"{requirements.NAME} is added beside it", (edit,))


def _of_variables(data: bytes, project: Project) -> Iterator[Finding]:
    wanted = {}
    for old, new in project.renames.items():
        if old in project.still_read:
            message = f"{project.still_read[old]} still reads it: set {new} beside it"
            for use in variables.rename(data, {old: new}):
                yield Finding(VARIABLES.id, "manual", use.span, message, safety="manual")
        else:
            wanted[old] = new
    for use in variables.rename(data, wanted):
        if use.edits:
            yield Finding(VARIABLES.id, "migrate", use.span, use.message, use.edits)
            if use.to_do:
                # Beside the name, which has its verdict.
                place = Span(use.span.end, use.span.end)
                yield Finding(VARIABLES.id, "manual", place, use.to_do, safety="manual")
        else:
            yield Finding(VARIABLES.id, "manual", use.span, f"{use.message}; {use.to_do}", safety="manual")
