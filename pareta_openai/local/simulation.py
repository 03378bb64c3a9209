"""What a model would have answered to a row: made up from the answer that the row expects, for want of a model.

Each piece of the answer (a field, a label, a word of a text, a ranking) is right with the model's quality as its
probability. Which ones are wrong follows from the model's name and the row alone.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from .catalogue import Task
from .eval_sets import EvalItem
from .scoring import LONGEST_TEXT, Answer, last_number, ndcg, ranking

_WRONG_WORD = "something"


def predict(task: Task, item: EvalItem, *, model: str, quality: float, labels: Sequence[str]) -> Answer:
    """For a row that leaves open what it expects, a text that says so. `labels` are what a wrong label is one of."""
    chance = random.Random(f"{model} {item.idx} {item.text}")
    expected, scorer = item.expected, task.default_scorer
    if expected is None:
        return f"[{task.id} by {model}] No model is behind this answer."
    if scorer == "ndcg":
        return _ranking(expected, quality, chance)
    if scorer in ("rouge_l", "wer") and isinstance(expected, str):
        words = expected.split()[:LONGEST_TEXT]
        return " ".join(word if chance.random() < quality else _WRONG_WORD for word in words)
    if isinstance(expected, str):
        return expected if chance.random() < quality else _wrong_text(expected, scorer, labels, chance)
    if scorer in ("exact_match", "macro_f1"):
        return expected if chance.random() < quality else {key: _wrong(value) for key, value in expected.items()}
    return {key: _value(value, quality, chance) for key, value in expected.items()}


def _ranking(expected: Answer, quality: float, chance: random.Random) -> Answer:
    """The right order, or the worst one, so often that the mean is `quality`; where that is too good, none."""
    best = ranking(expected)
    worst: list[str] = best[::-1]
    points = ndcg(expected, {"ranking": worst})
    if points > quality:
        worst, points = [], 0.0
    is_right = points == 1 or chance.random() < (quality - points) / (1 - points)
    return {"ranking": best if is_right else worst}


def _wrong_text(expected: str, scorer: str, labels: Sequence[str], chance: random.Random) -> str:
    if scorer == "numeric_tolerance":
        return f"{_wrong(last_number(expected))}"
    others = [other for other in labels if other.casefold() != expected.strip().casefold()]
    return others[int(chance.random() * len(others))] if others else str(_wrong(expected))


def _value(value: Any, quality: float, chance: random.Random) -> Any:
    if isinstance(value, dict):
        return {key: _value(child, quality, chance) for key, child in value.items()}
    if isinstance(value, list):
        return [_value(child, quality, chance) for child in value]
    return value if chance.random() < quality else _wrong(value)


def _wrong(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return -value or 1
    return "unknown" if value is None else f"{value} (?)"
