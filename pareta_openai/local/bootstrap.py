"""How sure one can be of a total: the percentile bootstrap."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

_Measure = TypeVar("_Measure")

_RESAMPLES = 1_000
_FEWEST_RESAMPLES = 200
# Of more rows fewer resamples are taken: an interval that is narrow anyway need not be known as well.
_DRAWS = 1_000_000
_TAIL = 0.025


def resampled(
    measures: Sequence[_Measure], total: Callable[[Sequence[_Measure]], float], *, seed: str
) -> Iterator[float]:
    """The totals of as many measures, drawn from `measures` with replacement; the same for the same seed."""
    count = len(measures)
    chance = random.Random(seed)
    for _ in range(max(_FEWEST_RESAMPLES, min(_RESAMPLES, _DRAWS // count))):
        yield total(chance.choices(measures, k=count))


def percentile_interval(totals: Sequence[float], *, around: float) -> tuple[float, float]:
    """From the 2.5th to the 97.5th percentile (nearest rank), and in any case far enough to hold `around`."""
    ordered = sorted(totals)
    rank = math.ceil(_TAIL * len(ordered))
    return min(around, ordered[rank - 1]), max(around, ordered[-rank])


def confidence_interval(
    measures: Sequence[_Measure], total: Callable[[Sequence[_Measure]], float], *, seed: str
) -> tuple[float, float]:
    """The 95 % interval of the total of `measures`."""
    return percentile_interval([*resampled(measures, total, seed=seed)], around=total(measures))
