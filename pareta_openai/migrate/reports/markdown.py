"""A plan for the pull request: the counts, the platform's checklist, and what a person has to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pareta_openai.migrate.findings import Verdict
from pareta_openai.migrate.ledger import Entry
from pareta_openai.migrate.planning import Plan
from pareta_openai.migrate.rules import all_rules, sentence_of

from .counts import TITLES, models, occurrences, summary, unset

# What is to be done, and the rules that see to it; a box without any is a person's to tick.
_CHECKLIST = (
    ("Key", "the code and its settings read `PARETA_API_KEY`", ("PO02", "PO202", "PO204")),
    ("Endpoint", "each endpoint that a model name stands for is live", ()),
    ("Client", "clients that pointed at OpenAI are Pareta's", ("PO1", "PO20")),
    ("Model", "each model name has one of Pareta's in its place", ("PO3",)),
    ("Errors", "402 and 503 are handled", ("PO4",)),
    ("Balance", "the organisation has credit", ()),
)


def markdown(plan: Plan) -> str:
    return "\n".join(
        [
            "## From `openai` to Pareta",
            "",
            summary(plan),
            "",
            *_counts(plan),
            *_checklist(plan),
            *unset(plan),
            *_places(plan, "manual", "Needs you"),
            *_models(plan),
            *_changes(plan),
            "<details><summary>Left on purpose</summary>",
            *_places(plan, "left", ""),
            "</details>",
            "",
        ]
    )


def _counts(plan: Plan) -> Iterator[str]:
    counts = occurrences(plan)
    yield from ("| Occurrences of openai | |", "|---|---|")
    for verdict, title in TITLES.items():
        yield f"| {title} | {counts[verdict]} |"
    yield from (f"| **all** | {sum(counts.values())} |", "")


def _checklist(plan: Plan) -> Iterator[str]:
    entries = [entry for file in plan.files for entry in file.entries]
    for title, what, rules in _CHECKLIST:
        verdicts = {entry.verdict for entry in entries if rules and entry.rule.startswith(rules)}
        done = bool(verdicts & {"migrate", "already"}) and "manual" not in verdicts
        yield f"- [{'x' if done else ' '}] **{title}**: {what}"
    yield ""


def _places(plan: Plan, verdict: Verdict, title: str) -> Iterator[str]:
    lines = [
        f"- `{file.path}:{entry.line}` {_rule(entry)}{entry.message}"
        for file in plan.files
        for entry in file.entries
        if entry.verdict == verdict
    ]
    if verdict == "manual":
        lines += [f"- `{file.path}` {file.problem}" for file in plan.files if file.problem]
    if lines:
        yield from (*([f"### {title}"] if title else []), "", *lines, "")


def _models(plan: Plan) -> Iterator[str]:
    found = models(plan)
    if found:
        yield from ("### Models", "", "| Name | Places | Becomes |", "|---|---|---|")
        for name, places in sorted(found.items()):
            yield f"| `{name}` | {places} | {plan.options.models.get(name, '')} |"
        yield ""


def _changes(plan: Plan) -> Iterator[str]:
    entries = [entry for file in plan.files for entry in file.entries if entry.verdict == "migrate"]
    counts = Counter(entry.rule for entry in entries)
    if counts:
        yield from ("### Changed", "", "| Rule | | Places |", "|---|---|---|")
        for rule in all_rules():
            if counts[rule.id]:
                yield f"| {rule.id} | {sentence_of(rule)} | {counts[rule.id]} |"
        yield ""


def _rule(entry: Entry) -> str:
    return f"{entry.rule} " if entry.rule else ""
