"""What a running program noted under ``PARETA_MIGRATION_LOG``, beside what its source says."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from .file_plans import FilePlan
from .ledger import Entry
from .planning import Plan

RULE = "PO002"


class UnreadableLog(ValueError):
    """A log that is none; the message says which line is wrong."""


def with_log(plan: Plan, log: Path) -> Plan:
    """The plan with an entry for each place of the log that no rule speaks of. Raises UnreadableLog and OSError.

    A line of the log is ``{"file": …, "line": …, "name": …}``. Files outside the project are left out: they are other
    packages', which `pareta_openai.install` is for.
    """
    seen: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for number, text in enumerate(log.read_text(encoding="utf-8").splitlines(), 1):
        try:
            noted = json.loads(text)
            file, line, name = Path(noted["file"]), int(noted["line"]), str(noted.get("name", "openai"))
        except (ValueError, KeyError, TypeError):
            raise UnreadableLog(f"{log}, line {number}: not what PARETA_MIGRATION_LOG makes.") from None
        if file.is_relative_to(plan.root):
            seen[file.relative_to(plan.root).as_posix()][line] = name
    files = {file.path: file for file in plan.files}
    for path, lines in seen.items():
        known_plan = files.get(path, FilePlan(path))
        known = {entry.line for entry in known_plan.entries if entry.rule}
        added = [_entry(line, name) for line, name in sorted(lines.items()) if line not in known]
        if added:
            entries = sorted((*known_plan.entries, *added), key=lambda entry: entry[:2])
            files[path] = replace(known_plan, entries=tuple(entries))
    return replace(plan, files=tuple(files[path] for path in sorted(files)))


def _entry(line: int, name: str) -> Entry:
    message = f"a run built {name} here, and the source does not show it: build pareta_openai's instead"
    return Entry(line, 1, "manual", RULE, message, 0, "manual")
