"""The page of the rules, and what each rule has to have."""

from __future__ import annotations

from collections import Counter

import pytest

from pareta_openai.migrate import Rule
from pareta_openai.migrate.rules import all_rules, sentence_of

from .rules_page import PAGE
from .test_pairs import CASES

PAIRS = Counter(case.parent.name for case in CASES)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_a_rule_is_a_sentence_and_stands_on_the_page(rule: Rule) -> None:
    assert sentence_of(rule).endswith(".")
    assert f"## {rule.id} {rule.name}\n" in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "rule", [rule for rule in all_rules() if rule.id not in ("PO001", "PO002")], ids=lambda rule: rule.id
)
def test_a_rule_has_eight_pairs(rule: Rule) -> None:
    assert PAIRS[rule.id] >= 8
