"""A plan for programs."""

from __future__ import annotations

import json as _json
from typing import Any

from pareta_openai.migrate.planning import Plan

from .counts import models, occurrences


def json(plan: Plan) -> str:
    """One object: ``counts`` by verdict, ``models``, and ``files`` with their ``entries``."""
    return _json.dumps(as_object(plan), indent=2) + "\n"


def as_object(plan: Plan) -> dict[str, Any]:
    counts = occurrences(plan)
    return {
        "version": 1,
        "looked_at": plan.looked_at,
        "changed": len(plan.changed),
        "occurrences": {"total": sum(counts.values()), **counts},
        "models": {
            name: {"places": places, "to": plan.options.models.get(name)} for name, places in models(plan).items()
        },
        "files": [
            {
                "path": file.path,
                "changes": bool(file.edits),
                "problem": file.problem or None,
                "entries": [entry._asdict() for entry in file.entries],
            }
            for file in plan.files
        ],
    }
