"""A plan for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from pareta_openai.migrate.ledger import Entry
from pareta_openai.migrate.planning import Plan

from .counts import TITLES, models, summary, unset


def text(plan: Plan) -> str:
    """Each entry on a line, the models, and the counts."""
    return "\n".join([*_lines(plan), *_inventory(plan), *unset(plan), summary(plan)]) + "\n"


def _lines(plan: Plan) -> Iterator[str]:
    for file in plan.files:
        if file.problem:
            yield f"{file.path}: {file.problem}"
        for entry in file.entries:
            yield f"{file.path}:{entry.line}:{entry.column}: {_described(entry)}"


def _described(entry: Entry) -> str:
    rule = f"{entry.rule} " if entry.rule else ""
    return f"{rule}{TITLES[entry.verdict]}: {entry.message}"


def _inventory(plan: Plan) -> Iterator[str]:
    found = models(plan)
    if found:
        yield "\nModels, and what the map says:"
    for name, places in sorted(found.items()):
        yield f"  {name} ({places} {'place' if places == 1 else 'places'}): {plan.options.models.get(name, 'nothing')}"
    if found:
        yield ""
