"""One file: what is found in it, which edits that makes, and what it will hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain

from .edits import apply, compose, original_position, overlap
from .findings import Edit, Finding, Span
from .kinds import Look, Reason, kind_of
from .ledger import Entry, ledger
from .project import Project
from .source import Source, Unreadable


@dataclass(frozen=True)
class FilePlan:
    """What becomes of one file."""

    path: str
    before: bytes = b""
    after: bytes = b""
    edits: tuple[Edit, ...] = ()
    """Sorted; offsets are into the file as UTF-8, without a byte-order mark."""
    entries: tuple[Entry, ...] = ()
    problem: str = ""
    """Why the file could not be read, or is left as it was."""
    groups: frozenset[str] = frozenset()
    exports: frozenset[str] = frozenset()
    renames: tuple[tuple[str, str], ...] = ()
    reads: tuple[tuple[str, str], ...] = ()
    """Variables, and the ``file:line`` that reads them."""

    @property
    def source(self) -> Source:
        """What the offsets are into."""
        return Source.from_bytes(self.before) if self.path.endswith((".py", ".pyi", ".pyw")) else Source(self.before)


@dataclass(frozen=True)
class Refusals:
    """What is not to be changed, and why."""

    files: dict[str, str]
    """Those that did not come out right, with what was wrong."""
    groups: frozenset[str] = frozenset()
    declined: frozenset[str] = frozenset()
    """Files that a person said no to."""


def first_plan(asked: tuple[str, Refusals], project: Project) -> FilePlan:
    """What a file, by its path, holds and what is to change in it."""
    path, refusals = asked
    try:
        data = project.read(path)
    except OSError as error:
        return FilePlan(path, problem=f"cannot be read: {error.strerror}")
    try:
        look = _look(path, data, project)
    except (SyntaxError, Unreadable) as error:
        return _unread(path, data, f"cannot be read: {_words(error)}")
    except Exception as error:  # a fault of a rule must not stop the other files
        return _unread(path, data, f"a fault of pareta-openai itself: {error!r}")
    source = look.source
    findings, edits = _side_by_side([_decided(finding, path, project, refusals) for finding in look.findings])
    problem = refusals.files.get(path, "")
    after = data
    try:
        edits, after = _made(path, source, findings, edits)
    except (SyntaxError, UnicodeError) as error:
        problem = f"left as it was: {_words(error)}"
        findings = [_unmade(finding, problem) if finding.edits else finding for finding in findings]
        edits = []
    return FilePlan(
        path,
        data,
        after,
        tuple(edits),
        tuple(ledger(source, findings, look.reason)),
        problem,
        groups=frozenset(finding.group for finding in findings if finding.edits and finding.group),
        exports=look.exports,
        # What a client reads by itself is told by a finding that rests on other findings' edits.
        renames=tuple(chain.from_iterable(each.renames for each in findings if each.verdict == "migrate" and edits)),
        reads=tuple((name, f"{path}:{source.line(each.span.start)}") for each in findings for name in each.reads),
    )


def _unread(path: str, data: bytes, problem: str) -> FilePlan:
    entries = ledger(Source(data), (), lambda _: Reason("manual", "the file is not understood: look"))
    return FilePlan(path, data, data, entries=tuple(entries), problem=problem)


def next_plan(plan: FilePlan, project: Project) -> FilePlan | None:
    """The plan with what is found in the file that the plan makes; None when that is nothing."""
    try:
        look = _look(plan.path, plan.after, project)
        decided = (_decided(finding, plan.path, project, Refusals({})) for finding in look.findings)
        findings, edits = _side_by_side([finding for finding in decided if finding.edits])
        edits, after = _made(plan.path, look.source, findings, edits)
    except (SyntaxError, Unreadable, UnicodeError):
        return None  # which `fault_of` tells
    except Exception as error:  # a fault of a rule: what it made of the file is not to be written
        return replace(plan, problem=f"a fault of pareta-openai itself: {error!r}")
    if not edits:
        return None
    source = plan.source
    moved = [
        replace(finding, span=Span(*(original_position(plan.edits, at) for at in finding.span))) for finding in findings
    ]
    return replace(
        plan,
        after=after,
        edits=tuple(compose(plan.edits, edits, len(source.data))),
        entries=tuple(sorted((*plan.entries, *ledger(source, moved)), key=lambda entry: entry[:2])),
        groups=plan.groups | {finding.group for finding in findings if finding.group},
        renames=(*plan.renames, *chain.from_iterable(finding.renames for finding in findings)),
    )


def _made(path: str, source: Source, findings: list[Finding], edits: list[Edit]) -> tuple[list[Edit], bytes]:
    """The edits with the imports that they need, and the file's bytes with all of them."""
    after = apply(source.data, edits)
    needs = {name for finding in findings if finding.edits for name in finding.needs}
    if needs:
        kind = kind_of(path)
        assert kind is not None
        imports = kind.module.imports(path, source.to_bytes(after), needs)
        edits = compose(edits, imports, len(source.data))
        after = apply(after, imports)
    return edits, source.to_bytes(after)


def fault_of(plan: FilePlan, project: Project) -> tuple[str, str | None]:
    """The file's path, and what is wrong with the result."""
    del project
    kind = kind_of(plan.path)
    assert kind is not None
    return plan.path, kind.module.fault(plan.path, plan.before, plan.after)


def _look(path: str, data: bytes, project: Project) -> Look:
    kind = kind_of(path)
    assert kind is not None
    return kind.module.look(path, data, project)


def _decided(finding: Finding, path: str, project: Project, refusals: Refusals) -> Finding:
    """The finding as it stands when it is known what may be changed."""
    if not finding.edits:
        return finding
    if path in refusals.declined:
        return replace(_unmade(finding, "you said no"), verdict="left")
    if path in refusals.files:
        return _unmade(finding, f"left as it was: {refusals.files[path]}")
    if finding.group in refusals.groups:
        return _unmade(finding, "it belongs to a change elsewhere that is not made")
    if finding.safety == "suggested" and not project.options.unsafe:
        return _unmade(finding, f"{finding.message} (--unsafe makes this change)")
    return finding


def _unmade(finding: Finding, message: str) -> Finding:
    return replace(finding, verdict="manual", message=message, edits=(), needs=(), renames=())


def _side_by_side(findings: Iterable[Finding]) -> tuple[list[Finding], list[Edit]]:
    """The findings whose edits can be made side by side. The next round finds the others again, if they still are."""
    kept: list[Finding] = []
    edits: list[Edit] = []
    for finding in findings:
        new = [edit for edit in finding.edits if edit not in edits]
        if not any(overlap(edit, other) for edit in new for other in edits):
            kept.append(finding)
            edits += new
    return kept, sorted(edits, key=lambda edit: edit[:2])


def _words(error: Exception) -> str:
    if isinstance(error, SyntaxError) and error.lineno:
        return f"{error.msg}, line {error.lineno}"
    return str(error)
