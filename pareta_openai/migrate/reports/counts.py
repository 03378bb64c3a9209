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
    """One line: the occurrences by verdict, the files that change, and what else there is to do."""
    counts = occurrences(plan)
    parts = ", ".join(f"{counts[verdict]} {title}" for verdict, title in TITLES.items())
    others = [entry for file in plan.files for entry in file.entries if not entry.occurrences]
    asking = sum(entry.verdict == "manual" for entry in others)
    changed, unread = len(plan.changed), sum(bool(file.problem) for file in plan.files)
    return (
        f"{sum(counts.values())} occurrences of openai in {_files(plan.looked_at)}: {parts}."
        f" {_files(changed)} {'changes' if changed == 1 else 'change'}."
        + (f" Beside them, {asking} {'place needs' if asking == 1 else 'places need'} you." if asking else "")
        + (f" {_files(unread)} could not be read or checked." if unread else "")
    )


def _files(count: int) -> str:
    return f"{count} {'file' if count == 1 else 'files'}"


def unset(plan: Plan) -> list[str]:
    """A line for each environment variable that the changed code reads and no file sets."""
    lines = [f"No file here sets {name}, which the code reads now: set it where the code runs." for name in plan.unset]
    return [*lines, "Files that git ignores, such as .env, are not looked into.", ""] if lines else []
