"""Writes ``docs/migrate-rules.md`` from the rules and their pairs: ``python -m tests.migrate.rules_page``."""

from __future__ import annotations

import difflib
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pareta_openai.migrate.findings import Rule
from pareta_openai.migrate.rules import all_rules, page_of

from .test_pairs import CASES, files_of, lay_out, result, run, settings

PAGE = Path(__file__).parents[2] / "docs" / "migrate-rules.md"
READ = Path(__file__).parents[1] / "migrate_corpus" / "read.json"

INTRODUCTION = """# The rules of `pareta-openai migrate`

`--list-rules` prints their names, `--explain PO101` a page of one, `--select` and `--ignore` take ids or the start of
one (`PO1`), and `# pareta: ignore[PO101]` keeps a rule from a line. *Safe* changes keep what the code does by
construction; *suggested* ones are made with `--unsafe`; *manual* ones are reported, with what to do.

`python -m tests.migrate.rules_page` writes this page.

## How often they are right

*Pairs* are files before and after, written by hand (`tests/migrate/pairs`): of the lines that the rule changed, how
many were to change so (precision), and of those that were to change, how many did (recall); *no change* counts the
pairs in which nothing may. *Read* are verdicts of the rule in other people's packages that a reader judged one by one,
and *right* how many of them were."""


class Score(NamedTuple):
    """Lines, as a diff has them."""

    pairs: int = 0
    unchanged: int = 0
    expected: int = 0
    made: int = 0
    right: int = 0


def page() -> str:
    return "\n".join([INTRODUCTION, "", *_table(), "", *_sections()]).rstrip("\n") + "\n"


def _table() -> Iterator[str]:
    scores = {rule.id: _score(rule) for rule in all_rules()}
    read = _read()
    yield "| Rule | Class | Pairs | No change | Precision | Recall | Read | Right |"
    yield "|---|---|---|---|---|---|---|---|"
    for rule in all_rules():
        score, judged = scores[rule.id], read[rule.id]
        pairs = f"{score.pairs or ''} | {score.unchanged or ''}"
        shares = f"{_share(score.right, score.made)} | {_share(score.right, score.expected)}"
        right = sum(judged) if judged else ""
        yield f"| {rule.id} | {rule.safety} | {pairs} | {shares} | {len(judged) or ''} | {right} |"
    if read[""]:
        yield f"| no rule: left | | | | | | {len(read[''])} | {sum(read[''])} |"


def _score(rule: Rule) -> Score:
    total = Score()
    for case in CASES:
        if case.parent.name != rule.id:
            continue
        before, after = files_of(case, "before"), files_of(case, "after")
        if "openai" in settings(case):
            before["requirements.txt"] = after["requirements.txt"] = f"openai>={settings(case)['openai']}\n".encode()
        with tempfile.TemporaryDirectory() as folder:
            made = result(before, run(lay_out(before, Path(folder)), case))
        expected_lines, made_lines = _changed_lines(before, after), _changed_lines(before, made)
        one = Score(
            1, not expected_lines, expected_lines.total(), made_lines.total(), (expected_lines & made_lines).total()
        )
        total = Score(*(sum(values) for values in zip(total, one, strict=True)))
    return total


def _changed_lines(before: dict[str, bytes], after: dict[str, bytes]) -> Counter[tuple[str, str]]:
    return Counter(
        (name, line) for name in before for line in _diff(before[name], after[name]) if line.startswith(("+", "-"))
    )


def _diff(before: bytes, after: bytes) -> Iterable[str]:
    old, new = (data.decode(errors="replace").splitlines() for data in (before, after))
    return list(difflib.unified_diff(old, new, lineterm="", n=1))[2:]


def _read() -> defaultdict[str, list[bool]]:
    """What was read, by rule: whether each verdict was right."""
    read: defaultdict[str, list[bool]] = defaultdict(list)
    judged: list[dict[str, Any]] = json.loads(READ.read_text(encoding="utf-8")) if READ.exists() else []
    for each in judged:
        read[each["rule"]].append(each["right"])
    return read


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else ""


def _sections() -> Iterator[str]:
    for rule in all_rules():
        first, _, rest = page_of(rule).partition("\n")
        yield from (f"## {rule.id} {rule.name}", "", f"{first} *{rule.safety.capitalize()}.*", "")
        if rest.strip():
            yield from (rest.strip(), "")
        yield from _example(rule)


def _example(rule: Rule) -> Iterator[str]:
    cases = [case for case in CASES if case.parent.name == rule.id]
    for case in sorted(cases, key=lambda case: (not case.name.startswith("typical"), case.name)):
        before, after = files_of(case, "before"), files_of(case, "after")
        lines = [line for name in before for line in _diff(before[name], after[name])]
        if lines:
            yield from ("```diff", *lines, "```", "")
            return


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
