"""How good an answer is, 0 to 1, and how sure one can be of the mean of many."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

Answer = str | dict[str, Any]

# What is compared of a long text.
LONGEST_TEXT = 2_000
"""In words."""

_RESAMPLES = 500
# Above this the mean is as good as normally distributed, and resampling only slower.
_RESAMPLED = 500
_NORMAL_95 = 1.96


def score(scorer: str, expected: Answer, answer: Answer) -> float:
    """By the scorer's name, as in the catalogue."""
    return _SCORERS[scorer](expected, answer)


def exact_match(expected: Answer, answer: Answer) -> float:
    """1 for the same text, whatever its case and spacing, or the same object; else 0."""
    return float(_normal(expected) == _normal(answer))


def field_f1(expected: Answer, answer: Answer) -> float:
    """The harmonic mean of precision and recall of an object's fields; the order of a list does not matter."""
    wanted, found = Counter(_fields(expected)), Counter(_fields(answer))
    return _f1((wanted & found).total(), wanted.total(), found.total())


def rouge_l(expected: Answer, answer: Answer) -> float:
    """The same of the words, where those count that both texts have in the same order."""
    wanted, found = _words(expected), _words(answer)
    return _f1(common_subsequence(wanted, found), len(wanted), len(found))


def common_subsequence(first: Sequence[str], second: Sequence[str]) -> int:
    """The length of the longest one (Hyyrö's algorithm: one step for each word, on the bits of a number)."""
    places: dict[str, int] = {}
    for position, word in enumerate(first):
        places[word] = places.get(word, 0) | 1 << position
    everywhere = (1 << len(first)) - 1
    unmatched = everywhere
    for word in second:
        here = unmatched & places.get(word, 0)
        unmatched = ((unmatched + here) | (unmatched - here)) & everywhere
    return len(first) - unmatched.bit_count()


def confidence_interval(scores: Sequence[float], *, seed: str) -> tuple[float, float]:
    """The 95 % interval of their mean, by resampling them; the same for the same seed."""
    count = len(scores)
    mean = sum(scores) / count
    if count > _RESAMPLED:
        variance = sum((value - mean) ** 2 for value in scores) / (count - 1)
        margin = _NORMAL_95 * (variance / count) ** 0.5
        return max(0.0, mean - margin), min(1.0, mean + margin)
    chance = random.Random(seed)
    means = sorted(sum(chance.choices(scores, k=count)) / count for _ in range(_RESAMPLES))
    tail = _RESAMPLES * 25 // 1000
    return min(mean, means[tail]), max(mean, means[-1 - tail])


def _f1(common: int, wanted: int, found: int) -> float:
    return 2 * common / (wanted + found) if wanted + found else 1.0


def _normal(value: Any) -> Any:
    return " ".join(value.split()).casefold() if isinstance(value, str) else value


def _fields(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Each value in an object, as text, with the keys that lead to it."""
    if isinstance(value, dict) and value:
        for key, child in value.items():
            yield from _fields(child, f"{path}.{key}")
    elif isinstance(value, list) and value:
        for child in value:
            yield from _fields(child, f"{path}[]")
    else:
        yield path, json.dumps(_normal(value))


def _words(value: Answer) -> list[str]:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return re.findall(r"\w+", text.casefold())[:LONGEST_TEXT]


_SCORERS: dict[str, Callable[[Answer, Answer], float]] = {
    "exact_match": exact_match,
    "field_f1": field_f1,
    "rouge_l": rouge_l,
}
