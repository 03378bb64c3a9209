from __future__ import annotations

import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pareta_openai.local.catalogue import TASKS
from pareta_openai.local.eval_sets import EvalItem
from pareta_openai.local.scoring import (
    common_subsequence,
    confidence_interval,
    exact_match,
    field_f1,
    rouge_l,
    score,
)
from pareta_openai.local.simulation import predict


@pytest.mark.parametrize(
    ("expected", "answer", "points"),
    [
        ("billing", " Billing\n", 1),
        ("feature request", "feature   request", 1),
        ("billing", "bug", 0),
        ("", "", 1),
        ({"a": 1}, {"a": 1}, 1),
        ({"a": 1}, {"a": 2}, 0),
        ({"a": 1}, "a", 0),
    ],
)
def test_a_label_is_right_or_wrong_whatever_its_case_and_spacing(expected, answer, points):
    assert exact_match(expected, answer) == points


@pytest.mark.parametrize(
    ("expected", "answer", "points"),
    [
        ({"a": "x", "b": "y"}, {"a": "x", "b": "y"}, 1),
        ({"a": "X  y"}, {"a": "x Y"}, 1),
        ({"a": "x", "b": "y"}, {"a": "x", "b": "z"}, 0.5),
        ({"a": "x", "b": "y"}, {"a": "x"}, 2 / 3),
        ({"a": "x"}, {"a": "x", "b": "y"}, 2 / 3),
        ({"a": "x"}, {"b": "x"}, 0),
        ({"a": 1}, {"a": "1"}, 0),
        ({"a": ["x", "y"]}, {"a": ["y", "x"]}, 1),
        ({"a": ["x", "x"]}, {"a": ["x"]}, 2 / 3),
        ({"a": {"b": 1, "c": None}}, {"a": {"b": 1, "c": 0}}, 0.5),
        ({"a": []}, {"a": []}, 1),
        ({}, {}, 1),
        ({}, {"a": 1}, 0),
        ("text", "text", 1),
        ("text", {"a": 1}, 0),
    ],
)
def test_fields_are_counted_each_for_itself(expected, answer, points):
    assert field_f1(expected, answer) == pytest.approx(points)


@pytest.mark.parametrize(
    ("expected", "answer", "points"),
    [
        ("the pump failed", "The pump failed.", 1),
        ("the pump failed", "failed pump the", 1 / 3),
        ("the pump failed", "the pump", 0.8),
        ("the pump failed", "it rains", 0),
        ("the pump failed", "", 0),
        ("", "", 1),
        ({"a": "pump"}, '{"a": "pump"}', 1),
    ],
)
def test_a_text_is_measured_by_the_words_it_has_in_the_same_order(expected, answer, points):
    assert rouge_l(expected, answer) == pytest.approx(points)


@given(st.lists(st.sampled_from("abc"), max_size=40), st.lists(st.sampled_from("abc"), max_size=40))
def test_the_common_subsequence_is_as_long_as_the_textbook_says(first, second):
    lengths = [0] * (len(second) + 1)
    for word in first:
        before = lengths[:]
        for place, other in enumerate(second, 1):
            lengths[place] = before[place - 1] + 1 if word == other else max(before[place], lengths[place - 1])
    assert common_subsequence(first, second) == lengths[-1]


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(), st.lists))
def test_every_scorer_gives_full_marks_for_the_expected_answer(value):
    for scorer in {task.default_scorer for task in TASKS.values()}:
        assert score(scorer, {"value": value}, {"value": value}) == 1


def test_the_interval_holds_the_mean_and_is_the_same_for_the_same_seed():
    for count in (1, 2, 30, 500, 501, 5_000):
        scores = [random.Random(number).random() for number in range(count)]
        low, high = confidence_interval(scores, seed="x")
        assert 0 <= low <= statistics.mean(scores) <= high <= 1
        assert (low, high) == confidence_interval(scores, seed="x")


def test_the_interval_covers_the_true_mean_19_times_out_of_20():
    chance = random.Random(0)
    covered = 0
    for number in range(200):
        low, high = confidence_interval([float(chance.random() < 0.8) for _ in range(100)], seed=str(number))
        covered += low <= 0.8 <= high
    assert covered / 200 == pytest.approx(0.95, abs=0.05)


def test_resampling_and_the_normal_interval_agree_where_they_meet():
    scores = [float(random.Random(number).random() < 0.9) for number in range(501)]
    resampled, normal = confidence_interval(scores[:500], seed="x"), confidence_interval(scores, seed="x")
    assert resampled == pytest.approx(normal, abs=0.01)


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
@pytest.mark.parametrize("quality", [0.0, 0.6, 0.95, 1.0])
def test_simulated_answers_are_about_as_good_as_they_are_to_be(task, quality):
    points = []
    for idx in range(1_500):
        expected = task.examples[idx % len(task.examples)].expected
        item = EvalItem(idx, f"row {idx}", expected, has_document=True)
        points.append(score(task.default_scorer, expected, predict(task, item, model="m", quality=quality)))
    assert statistics.mean(points) == pytest.approx(quality, abs=0.04)


def test_a_simulated_answer_follows_from_model_and_row_alone():
    task = TASKS["news-summaries"]
    items = [EvalItem(idx, "row", task.examples[0].expected, has_document=False) for idx in range(5)]
    first, again, other = ([predict(task, item, model=m, quality=0.5) for item in items] for m in ("a", "a", "b"))
    assert first == again
    assert first != other


@given(st.dictionaries(st.text(), st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists)))
def test_every_wrong_value_is_another_one(expected):
    item = EvalItem(0, "row", expected, has_document=False)
    answer = predict(TASKS["contract-key-fields"], item, model="m", quality=0.0)
    assert set(answer) == set(expected)
    for key, value in expected.items():
        assert isinstance(value, list) or answer[key] != value
