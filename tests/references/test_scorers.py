"""The local platform's scorers beside the libraries that their measures are known from."""

from __future__ import annotations

import random

import jiwer
import pytest
from rouge_score.rouge_scorer import RougeScorer
from scipy.stats import bootstrap
from sklearn.metrics import f1_score, ndcg_score

from pareta_openai.local.bootstrap import confidence_interval
from pareta_openai.local.scoring import SCORERS, macro_f1, ndcg, rouge_l, word_accuracy, word_errors

pytestmark = pytest.mark.references

WORDS = ["the", "pump", "failed", "again", "and", "we", "stopped", "it", "before", "noon"]


def text(chance: random.Random, *, shortest: int = 0) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(shortest, 30)))


@pytest.mark.parametrize("seed", range(200))
def test_macro_f1_is_scikit_learns_over_the_expected_labels(seed: int) -> None:
    chance = random.Random(seed)
    expected = chance.choices("abcd", weights=(8, 4, 2, 1), k=chance.randint(1, 60))
    given = [label if chance.random() < 0.7 else chance.choice("abcdx") for label in expected]
    reference = f1_score(expected, given, labels=sorted(set(expected)), average="macro", zero_division=0)
    assert macro_f1(list(zip(expected, given, strict=True))) == pytest.approx(reference)


@pytest.mark.parametrize("seed", range(200))
def test_ndcg_is_scikit_learns_at_10(seed: int) -> None:
    chance = random.Random(seed)
    ids = [f"doc-{number}" for number in range(chance.randint(2, 25))]
    gains = {name: chance.randint(0, 4) for name in ids} | {ids[0]: 3}
    places = {name: place for place, name in enumerate(chance.sample(ids, len(ids)))}
    reference = ndcg_score([[gains[name] for name in ids]], [[-places[name] for name in ids]], k=10)
    assert ndcg(gains, {"ranking": sorted(ids, key=places.__getitem__)}) == pytest.approx(reference)


@pytest.mark.parametrize("seed", range(200))
def test_word_errors_are_jiwers_for_one_text_and_for_many(seed: int) -> None:
    chance = random.Random(seed)
    pairs = [(text(chance, shortest=1), text(chance)) for _ in range(chance.randint(1, 8))]
    for expected, answer in pairs:
        edits, words = word_errors(expected, answer)
        assert edits / words == pytest.approx(jiwer.wer(expected, answer))
    reference = jiwer.wer([expected for expected, _ in pairs], [answer for _, answer in pairs])
    assert word_accuracy([word_errors(*pair) for pair in pairs]) == pytest.approx(max(0, 1 - reference))


@pytest.mark.parametrize("seed", range(200))
def test_rouge_l_is_googles(seed: int) -> None:
    chance = random.Random(seed)
    expected, answer = text(chance, shortest=1), text(chance, shortest=1)
    reference = RougeScorer(["rougeL"]).score(expected, answer)["rougeL"].fmeasure
    assert rouge_l(expected, answer) == pytest.approx(reference)


@pytest.mark.parametrize("rows", [30, 200, 5_000])
def test_the_interval_is_scipys_percentile_bootstrap_but_for_the_draws(rows: int) -> None:
    chance = random.Random(rows)
    scores = [chance.betavariate(8, 2) for _ in range(rows)]
    mean = SCORERS["field_f1"].total
    low, high = confidence_interval(scores, mean, seed="x")
    reference = bootstrap((scores,), mean, vectorized=False, n_resamples=2_000, method="percentile", rng=0)
    width = high - low
    assert low == pytest.approx(reference.confidence_interval.low, abs=0.1 * width)
    assert high == pytest.approx(reference.confidence_interval.high, abs=0.1 * width)
