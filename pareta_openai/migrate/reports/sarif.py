"""A plan as SARIF 2.1.0, which code hosts show beside the lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pareta_openai._version import __version__
from pareta_openai.migrate.findings import Verdict
from pareta_openai.migrate.ledger import Entry
from pareta_openai.migrate.planning import Plan
from pareta_openai.migrate.rules import all_rules, sentence_of

_LEVELS: dict[Verdict, str] = {"migrate": "note", "already": "none", "left": "none", "manual": "warning"}
_NO_RULE = "PO000"


def sarif(plan: Plan) -> str:
    """Every entry is a result; one without a rule of its own has the id ``PO000``."""
    rules = [{"id": _NO_RULE, "shortDescription": {"text": "A place that says openai and that no rule changes."}}]
    rules += [
        {"id": rule.id, "name": rule.name, "shortDescription": {"text": sentence_of(rule)}} for rule in all_rules()
    ]
    unread = [
        {"level": "error", "message": {"text": file.problem}, "locations": [_place(file.path)]}
        for file in plan.files
        if file.problem
    ]
    run = {
        "tool": {"driver": {"name": "pareta-openai migrate", "version": __version__, "rules": rules}},
        "invocations": [{"executionSuccessful": not unread, "toolExecutionNotifications": unread}],
        "results": list(_results(plan)),
    }
    document = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2) + "\n"


def _results(plan: Plan) -> Iterator[dict[str, Any]]:
    for file in plan.files:
        for entry in file.entries:
            yield {
                "ruleId": entry.rule or _NO_RULE,
                "level": _LEVELS[entry.verdict],
                "kind": "informational" if _LEVELS[entry.verdict] == "none" else "fail",
                "message": {"text": entry.message},
                "locations": [_place(file.path, entry)],
                "properties": {"verdict": entry.verdict, "occurrences": entry.occurrences},
            }


def _place(path: str, entry: Entry | None = None) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(path)}}
    if entry is not None:
        place["region"] = {"startLine": entry.line, "startColumn": entry.column}
    return {"physicalLocation": place}


def _uri(path: str) -> str:
    from urllib.parse import quote

    return quote(path)
