"""How much there is of what."""

from __future__ import annotations

from collections import Counter

from pareta_openai.migrate.findings import Verdict
from pareta_openai.migrate.planning import Plan

TITLES: dict[Verdict, str] = {
    "migrate": "migrated",
    "already": "already there",
    "left": "left on purpose",
    "manual": "needs you",
}


def occurrences(plan: Plan) -> dict[Verdict, int]:
    """How many occurrences of openai have each verdict: together all that there are in what could be read."""
    counts = dict.fromkeys(TITLES, 0)
    for file in plan.files:
        for entry in file.entries:
            counts[entry.verdict] += entry.occurrences
    return counts


def models(plan: Plan) -> Counter[str]:
    """How many places name each model."""
    return Counter(entry.model for file in plan.files for entry in file.entries if entry.model)


def summary(plan: Plan) -> str:
    """One line: the occurrences by verdict, and the files that change."""
    counts = occurrences(plan)
    parts = ", ".join(f"{counts[verdict]} {title}" for verdict, title in TITLES.items())
    changed, unread = len(plan.changed), sum(bool(file.problem) for file in plan.files)
    return (
        f"{sum(counts.values())} occurrences of openai in {plan.looked_at} files: {parts}."
        f" {changed} {'file changes' if changed == 1 else 'files change'}."
        + (f" {unread} could not be read or checked." if unread else "")
    )
