from __future__ import annotations

import random
import statistics

import pytest

from pareta_openai.local.bootstrap import confidence_interval, percentile_interval, resampled
from pareta_openai.local.scoring import SCORERS, macro_f1, word_accuracy


def test_the_interval_holds_the_total_and_is_the_same_for_the_same_seed():
    for count in (1, 2, 30, 1_000, 5_000):
        scores = [random.Random(number).random() for number in range(count)]
        low, high = confidence_interval(scores, statistics.fmean, seed="x")
        assert 0 <= low <= statistics.fmean(scores) <= high <= 1
        assert (low, high) == confidence_interval(scores, statistics.fmean, seed="x")
    assert confidence_interval(scores, statistics.fmean, seed="y") != (low, high)


def test_the_percentiles_are_the_25th_of_1000_from_either_end():
    totals = [number / 1000 for number in random.Random(0).sample(range(1, 1001), 1000)]
    assert percentile_interval(totals, around=0.5) == (0.025, 0.976)
    assert percentile_interval(totals, around=0.99) == (0.025, 0.99)


@pytest.mark.parametrize(("rows", "resamples"), [(1, 1_000), (1_000, 1_000), (2_000, 500), (50_000, 200)])
def test_more_rows_are_resampled_less_often(rows, resamples):
    assert sum(1 for _ in resampled(range(rows), lambda _: 0.0, seed="x")) == resamples


def label(chance, accuracy=0.8):
    """One of three, the last of them rare, and what a model of that accuracy makes of it."""
    wanted = chance.choices("abc", weights=(5, 4, 1))[0]
    return wanted, wanted if chance.random() < accuracy else chance.choice("abc".replace(wanted, ""))


def page(chance):
    """Between 20 and 60 words, each wrong with a probability that differs from page to page."""
    words = chance.randint(20, 60)
    wrong = chance.choice((0.02, 0.05, 0.2))
    return sum(chance.random() < wrong for _ in range(words)), words


@pytest.mark.parametrize(
    ("draw", "total"),
    [
        (lambda chance: float(chance.random() < 0.8), SCORERS["exact_match"].total),
        (lambda chance: chance.betavariate(8, 2), SCORERS["field_f1"].total),
        (label, macro_f1),
        (page, word_accuracy),
    ],
    ids=["exact_match", "field_f1", "macro_f1", "wer"],
)
def test_the_interval_covers_the_true_total_about_19_times_out_of_20(draw, total):
    chance = random.Random(0)
    truth = total([draw(chance) for _ in range(100_000)])
    covered, sets = 0, 120
    for number in range(sets):
        low, high = confidence_interval([draw(chance) for _ in range(100)], total, seed=str(number))
        covered += low <= truth <= high
    # Of 120 sets 114 are expected to be covered; three standard deviations are 7 of them.
    assert 107 <= covered < 120
