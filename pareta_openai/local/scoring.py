"""How good an answer is, 0 to 1, and how good many are together. ``docs/local-evals.md`` has each scorer's rule."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Answer = str | dict[str, Any]

LONGEST_TEXT = 2_000
"""How many words of a text are compared."""

_RANKED = 10
_TOLERANCE = 0.01
# Of larger ones no sum or difference can be relied on.
_LARGEST_NUMBER = 1e100
# The lookbehind keeps the hyphen of "3-5" and the digits of "x2" from being read as numbers of their own.
_NUMBER = re.compile(r"(?<![\w.])[-+\u2212]?(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?")
# What models put around a label.
_AROUND_LABEL = " \"'`*."


@dataclass(frozen=True)
class Scorer:
    """`measure` notes what counts of an answer to a row; `points` makes 0 to 1 of that, and `total` of many of them.

    `check` raises `ValueError` for an expected answer that nothing can be measured against.
    """

    measure: Callable[[Answer, Answer], Hashable]
    points: Callable[[Any], float]
    total: Callable[[Sequence[Any]], float]
    check: Callable[[Answer], object]

    def score(self, expected: Answer, answer: Answer) -> float:
        """Of one row."""
        return self.points(self.measure(expected, answer))


def exact_match(expected: Answer, answer: Answer) -> float:
    """1 for the same text, whatever its case and spacing, or the same object; else 0."""
    return float(_canonical(expected) == _canonical(answer))


def field_f1(expected: Answer, answer: Answer) -> float:
    """The harmonic mean of precision and recall of an object's fields; the order of a list does not matter."""
    wanted, found = Counter(_fields(expected)), Counter(_fields(answer))
    return _f1((wanted & found).total(), wanted.total(), found.total())


def macro_f1(labels: Sequence[tuple[str, str]]) -> float:
    """The mean of the F1 of each label that is expected somewhere, from pairs of the expected and the given one."""
    expected: Counter[str] = Counter()
    given: Counter[str] = Counter()
    both: Counter[str] = Counter()
    for (wanted, found), count in Counter(labels).items():
        expected[wanted] += count
        given[found] += count
        if wanted == found:
            both[wanted] += count
    return sum(_f1(both[label], expected[label], given[label]) for label in expected) / len(expected)


def ndcg(expected: Answer, answer: Answer) -> float:
    """Of the first 10 ids in the answer's order, by the gains that `expected` gives to ids."""
    gains = _gains(expected)
    best = _discounted(sorted(gains.values(), reverse=True))
    return min(1.0, _discounted([gains.get(name, 0.0) for name in ranking(answer)]) / best) if best else 1.0


def numeric_tolerance(expected: Answer, answer: Answer) -> float:
    """1 where the last number of the text is within 1 % of the expected one; of an object, the share of its fields."""
    if isinstance(expected, dict):
        wanted, found = _leaves(expected), _leaves(answer) if isinstance(answer, dict) else {}
        near = sum(path in found and _is_near(value, found[path]) for path, value in wanted.items())
        return near / len(wanted) if wanted else float(not found)
    number = last_number(expected)
    return exact_match(expected, answer) if number is None else float(_is_close(number, _number_in(answer)))


def rouge_l(expected: Answer, answer: Answer) -> float:
    """F1 of the words that both texts have in the same order."""
    wanted, found = _words(expected), _words(answer)
    return _f1(common_subsequence(wanted, found), len(wanted), len(found))


def word_errors(expected: Answer, answer: Answer) -> tuple[int, int]:
    """How many words have to be changed, left out or put in to get what is expected, and how many that has."""
    wanted = _words(expected)
    return edit_distance(wanted, _words(answer)), len(wanted)


def word_accuracy(errors: Sequence[tuple[int, int]]) -> float:
    """1 less the word error rate of all texts together, and no less than 0."""
    edits, words = sum(edits for edits, _ in errors), sum(words for _, words in errors)
    return max(0.0, 1 - edits / words) if words else float(not edits)


def common_subsequence(first: Sequence[str], second: Sequence[str]) -> int:
    """The length of the longest one (Hyyrö's algorithm: one step for each word, on the bits of a number)."""
    places = _places(first)
    everywhere = (1 << len(first)) - 1
    unmatched = everywhere
    for word in second:
        here = unmatched & places.get(word, 0)
        unmatched = ((unmatched + here) | (unmatched - here)) & everywhere
    return len(first) - unmatched.bit_count()


def edit_distance(first: Sequence[str], second: Sequence[str]) -> int:
    """Levenshtein's, of words (Myers' algorithm: the bits say where a column of the table rises and falls)."""
    places, everywhere = _places(first), (1 << len(first)) - 1
    rises, falls, distance = everywhere, 0, len(first)
    last = 1 << len(first) >> 1
    for word in second:
        same = places.get(word, 0)
        vertical = same | falls
        horizontal = (((same & rises) + rises) ^ rises) | same
        rises_across = (falls | ~(horizontal | rises)) & everywhere
        falls_across = rises & horizontal
        distance += 1 if not first else bool(rises_across & last) - bool(falls_across & last)
        rises_across, falls_across = rises_across << 1 | 1, falls_across << 1
        rises = (falls_across | ~(vertical | rises_across)) & everywhere
        falls = rises_across & vertical & everywhere
    return distance


def ranking(answer: Answer) -> list[str]:
    """The ids that an answer puts in order, each once.

    They are an object's first list, or its keys by their numbers, or the words of a text between commas, lines or
    ``>``.
    """
    if isinstance(answer, str):
        names = [name.strip() for name in re.split(r"[,\n>]", answer) if name.strip()]
    else:
        lists = [value for value in answer.values() if isinstance(value, list)]
        numbered = [name for name, value in answer.items() if _is_number(value)]
        names = [str(name) for name in lists[0]] if lists else sorted(numbered, key=lambda name: -answer[name])
    return list(dict.fromkeys(names))


def last_number(text: str) -> float | None:
    """With a decimal point and, if any, commas between thousands."""
    for number in reversed(_NUMBER.findall(text)):
        value = float(number.replace(",", "").replace("\u2212", "-"))
        if _is_number(value):
            return value
    return None


def _check_number(expected: Answer) -> None:
    has_number = (
        any(_number(value) is not None for value in _leaves(expected).values())
        if isinstance(expected, dict)
        else last_number(expected) is not None
    )
    if not has_number:
        raise ValueError("expected has no number, and numeric_tolerance compares numbers")


def _check_gains(expected: Answer) -> None:
    gains = _gains(expected)
    if len(gains) < len(expected) or not any(gains.values()):
        raise ValueError('expected does not give ids a gain, as {"doc-1": 3, "doc-2": 0} does, which ndcg needs')


def _mean(points: Sequence[float]) -> float:
    return sum(points) / len(points)


def _f1(common: int, wanted: int, found: int) -> float:
    return 2 * common / (wanted + found) if wanted + found else 1.0


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(rank + 2) for rank, gain in enumerate(gains[:_RANKED]))


def _gains(answer: Answer) -> dict[str, float]:
    if isinstance(answer, str):
        return {}
    return {name: max(0.0, gain) for name, gain in answer.items() if _is_number(gain)}


def _is_near(wanted: Any, found: Any) -> bool:
    number = _number(wanted)
    return _canonical(wanted) == _canonical(found) if number is None else _is_close(number, _number(found))


def _is_close(wanted: float, found: float | None) -> bool:
    return found is not None and abs(found - wanted) <= _TOLERANCE * abs(wanted)


def _number_in(answer: Answer) -> float | None:
    if isinstance(answer, str):
        return last_number(answer)
    # One number in an object of its own is the answer, whatever its key.
    numbers = [number for number in map(_number, _leaves(answer).values()) if number is not None]
    return numbers[0] if len(numbers) == 1 else None


def _number(value: Any) -> float | None:
    """What a number is, or a text that is nothing else."""
    if isinstance(value, str):
        return last_number(value) if _NUMBER.fullmatch(value.strip()) else None
    return float(value) if _is_number(value) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _LARGEST_NUMBER


def _canonical(value: Any) -> str:
    """The same text for values that are to be taken for the same."""
    return json.dumps(_normal(value), ensure_ascii=False, sort_keys=True)


def _normal(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(unicodedata.normalize("NFKC", value).split()).casefold()
    if isinstance(value, dict):
        return {key: _normal(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_normal(child) for child in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _label(value: Answer) -> str:
    if not isinstance(value, str):
        return _canonical(value)
    text: str = _normal(value)
    return text.strip(_AROUND_LABEL) or text


def _fields(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Each value in an object, as text, with the keys that lead to it."""
    if isinstance(value, dict) and value:
        for key, child in value.items():
            yield from _fields(child, f"{path}.{key}")
    elif isinstance(value, list) and value:
        for child in value:
            yield from _fields(child, f"{path}[]")
    else:
        yield path, _canonical(value)


def _leaves(value: Any, path: str = "") -> dict[str, Any]:
    """The values in an object by the keys and places that lead to them."""
    if not isinstance(value, (dict, list)):
        return {path: value}
    children = value.items() if isinstance(value, dict) else enumerate(value)
    return {leaf: found for key, child in children for leaf, found in _leaves(child, f"{path}.{key}").items()}


def _words(value: Answer) -> list[str]:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())[:LONGEST_TEXT]


def _places(words: Sequence[str]) -> Mapping[str, int]:
    """In which places each word stands, as bits."""
    places: dict[str, int] = {}
    for position, word in enumerate(words):
        places[word] = places.get(word, 0) | 1 << position
    return places


def _anything(_: Answer) -> None:
    """Every expected answer can be measured against."""


def _by_mean(measure: Callable[[Answer, Answer], float], check: Callable[[Answer], None] = _anything) -> Scorer:
    return Scorer(measure, points=float, total=_mean, check=check)


SCORERS: dict[str, Scorer] = {
    "exact_match": _by_mean(exact_match),
    "field_f1": _by_mean(field_f1),
    "macro_f1": Scorer(
        lambda expected, answer: (_label(expected), _label(answer)),
        points=lambda labels: float(labels[0] == labels[1]),
        total=macro_f1,
        check=_anything,
    ),
    "ndcg": _by_mean(ndcg, _check_gains),
    "numeric_tolerance": _by_mean(numeric_tolerance, _check_number),
    "rouge_l": _by_mean(rouge_l),
    "wer": Scorer(
        word_errors,
        points=lambda errors: word_accuracy([errors]),
        total=word_accuracy,
        check=_anything,
    ),
}
"""By the names that the catalogue has for them."""
