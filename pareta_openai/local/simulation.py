"""What a model would have answered to a row: made up from the answer that the row expects, for want of a model.

Each piece of the answer (a field, a label, or a word of a text) is right with the model's quality as its
probability. Which ones are wrong follows from the model's name and the row alone.
"""

from __future__ import annotations

import random
from typing import Any

from .catalogue import Task
from .eval_sets import EvalItem
from .scoring import LONGEST_TEXT, Answer

_WRONG_WORD = "something"


def predict(task: Task, item: EvalItem, *, model: str, quality: float) -> Answer:
    """For a row that leaves open what it expects, a text that says so."""
    chance = random.Random(f"{model} {item.idx} {item.text}")
    if item.expected is None:
        return f"[{task.id} by {model}] No model is behind this answer."
    if task.default_scorer == "rouge_l" and isinstance(item.expected, str):
        words = item.expected.split()[:LONGEST_TEXT]
        return " ".join(word if chance.random() < quality else _WRONG_WORD for word in words)
    if isinstance(item.expected, str):
        return item.expected if chance.random() < quality else _other_label(task, item.expected, chance)
    return {key: _value(value, quality, chance) for key, value in item.expected.items()}


def _other_label(task: Task, label: str, chance: random.Random) -> str:
    labels = [example.expected for example in task.examples if isinstance(example.expected, str)]
    others = [other for other in labels if other.casefold() != label.strip().casefold()]
    return others[int(chance.random() * len(others))] if others else _wrong(label)


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
        return value + 1
    return "unknown" if value is None else f"{value} (?)"
