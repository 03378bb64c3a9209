"""A plan for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from pareta_openai.migrate.findings import Verdict
from pareta_openai.migrate.ledger import Entry
from pareta_openai.migrate.planning import Plan

TITLES: dict[Verdict, str] = {
    "migrate": "migrated",
    "already": "already there",
    "left": "left on purpose",
    "manual": "needs you",
}


def text(plan: Plan) -> str:
    """Each entry on a line, and the counts."""
    return "\n".join([*_lines(plan), summary(plan)]) + "\n"


def summary(plan: Plan) -> str:
    """One line: how many occurrences of openai have which verdict."""
    counts = occurrences(plan)
    parts = ", ".join(f"{counts[verdict]} {title}" for verdict, title in TITLES.items())
    changed = len(plan.changed)
    return (
        f"{sum(counts.values())} occurrences of openai in {plan.looked_at} files: {parts}."
        f" {changed} {'file changes' if changed == 1 else 'files change'}."
    )


def occurrences(plan: Plan) -> dict[Verdict, int]:
    """How many occurrences of openai have each verdict."""
    counts = dict.fromkeys(TITLES, 0)
    for file in plan.files:
        for entry in file.entries:
            counts[entry.verdict] += entry.occurrences
    return counts


def _lines(plan: Plan) -> Iterator[str]:
    for file in plan.files:
        if file.problem:
            yield f"{file.path}: {file.problem}"
        for entry in file.entries:
            yield f"{file.path}:{entry.line}:{entry.column}: {_described(entry)}"


def _described(entry: Entry) -> str:
    rule = f"{entry.rule} " if entry.rule else ""
    return f"{rule}{TITLES[entry.verdict]}: {entry.message}"
