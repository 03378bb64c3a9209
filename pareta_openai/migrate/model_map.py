"""The map from OpenAI's model names to Pareta's: a template to fill in."""

from __future__ import annotations

import json
from collections import defaultdict

from .planning import Plan


def template(plan: Plan) -> str:
    """A table for pyproject.toml with each model that the project names, and where."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for file in plan.files:
        for entry in file.entries:
            if entry.model:
                places[entry.model].append(f"{file.path}:{entry.line}")
    lines = ["[tool.pareta.migrate.models]"]
    for name, found in sorted(places.items()):
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        lines.append(f"{json.dumps(name)} = {json.dumps(plan.options.models.get(name, ''))}  # {found[0]}{more}")
    return "\n".join(lines) + "\n"
