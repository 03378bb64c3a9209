"""Each scorer against tables worked out by hand, and against its definition in the plainest words."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pareta_openai.local.catalogue import TASKS
from pareta_openai.local.scoring import (
    SCORERS,
    common_subsequence,
    edit_distance,
    exact_match,
    field_f1,
    last_number,
    macro_f1,
    ndcg,
    numeric_tolerance,
    ranking,
    rouge_l,
    word_accuracy,
    word_errors,
)

WORDS = st.lists(st.sampled_from("abc"), max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda child: st.lists(child, max_size=3) | st.dictionaries(st.text(max_size=3), child, max_size=3),
    max_leaves=8,
)
ANSWERS = st.text() | st.dictionaries(st.text(max_size=3), JSON, max_size=4)


# Every scorer


def can_be_expected(scorer, answer):
    try:
        SCORERS[scorer].check(answer)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("scorer", SCORERS)
@given(ANSWERS | st.integers().map(str) | st.dictionaries(st.text(max_size=3), st.integers(0, 5)), ANSWERS)
def test_points_are_between_0_and_1_and_full_for_what_is_expected(scorer, expected, answer):
    if can_be_expected(scorer, expected):
        assert 0 <= SCORERS[scorer].score(expected, answer) <= 1
        assert SCORERS[scorer].score(expected, expected) == 1


@pytest.mark.parametrize("scorer", SCORERS)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abcd")), min_size=1, max_size=20))
def test_a_total_is_between_0_and_1_whatever_the_order_of_the_rows(scorer, answers):
    if scorer in ("ndcg", "numeric_tolerance"):
        answers = [({word: ord(word)}, {word: ord(other)}) for word, other in answers]
    measures = [SCORERS[scorer].measure(*answer) for answer in answers]
    total = SCORERS[scorer].total(measures)
    assert 0 <= total <= 1
    assert SCORERS[scorer].total(measures[::-1]) == pytest.approx(total)
    assert SCORERS[scorer].total(measures * 3) == pytest.approx(total)


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_a_tasks_own_examples_can_be_expected_and_get_full_marks(task):
    scorer = SCORERS[task.default_scorer]
    for example in task.examples:
        scorer.check(example.expected)
    assert scorer.total([scorer.measure(example.expected, example.expected) for example in task.examples]) == 1


# Exact match


@pytest.mark.parametrize(
    ("expected", "answer", "points"),
    [
        ("billing", " Billing\n", 1),
        ("feature request", "feature   request", 1),
        ("caf\u00e9", "cafe\u0301", 1),
        ("billing", "bug", 0),
        ("", "", 1),
        ({"a": 1}, {"a": 1}, 1),
        ({"a": 1, "b": "X"}, {"b": "x", "a": 1.0}, 1),
        ({"a": 1}, {"a": True}, 0),
        ({"a": 1}, {"a": "1"}, 0),
        ({"a": [1, 2]}, {"a": [2, 1]}, 0),
        ({"a": 1}, {"a": 2}, 0),
        ({"a": 1}, "a", 0),
    ],
)
def test_a_match_is_exact_whatever_its_case_and_spacing(expected, answer, points):
    assert exact_match(expected, answer) == points


# Field-level F1


@pytest.mark.parametrize(
    ("expected", "answer", "points"),
    [
        ({"a": "x", "b": "y"}, {"a": "x", "b": "y"}, 1),
        ({"a": "X  y"}, {"a": "x Y"}, 1),
        ({"a": 24}, {"a": 24.0}, 1),
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


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 2), min_size=1), st.data())
def test_field_f1_is_the_harmonic_mean_of_precision_and_recall(expected, data):
    answer = data.draw(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 2), min_size=1))
    right = sum(expected.get(key) == value for key, value in answer.items())
    precision, recall = right / len(answer), right / len(expected)
    harmonic = 2 * precision * recall / (precision + recall) if right else 0
    assert field_f1(expected, answer) == pytest.approx(harmonic)


# Macro-F1


@pytest.mark.parametrize(
    ("labels", "total"),
    [
        ([("a", "a"), ("b", "b")], 1),
        ([("a", "b"), ("b", "a")], 0),
        # a: precision 2/3, recall 1; b: precision 1, recall 1/2.
        ([("a", "a"), ("a", "a"), ("b", "a"), ("b", "b")], (4 / 5 + 2 / 3) / 2),
        # The three rows of a cannot outvote the one of b.
        ([("a", "a"), ("a", "a"), ("a", "a"), ("b", "a")], (6 / 7 + 0) / 2),
        # What nobody expects is no label: it costs the recall of the one that was expected, and no more.
        ([("a", "a"), ("a", "nonsense")], 2 / 3),
    ],
)
def test_each_expected_label_weighs_the_same(labels, total):
    assert macro_f1(labels) == pytest.approx(total)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abcd")), min_size=1))
def test_macro_f1_is_the_mean_of_the_harmonic_means(labels):
    scores = []
    for label in {wanted for wanted, _ in labels}:
        right = labels.count((label, label))
        given_at_all = sum(found == label for _, found in labels)
        recall = right / sum(wanted == label for wanted, _ in labels)
        precision = right / given_at_all if given_at_all else 0
        scores.append(2 * precision * recall / (precision + recall) if right else 0)
    assert macro_f1(labels) == pytest.approx(sum(scores) / len(scores))


@pytest.mark.parametrize("answer", ["billing", "Billing.", ' "billing"\n', "**Billing**", "`billing`"])
def test_a_label_is_known_by_its_word_whatever_stands_around_it(answer):
    assert SCORERS["macro_f1"].score("billing", answer) == 1


@pytest.mark.parametrize(("expected", "answer"), [("+", "-"), (".", "*"), ("c++", "c"), ("billing", "billing, bug")])
def test_labels_of_signs_stay_apart(expected, answer):
    assert SCORERS["macro_f1"].score(expected, answer) == 0


# Numeric tolerance


@pytest.mark.parametrize(
    ("expected", "answer", "points"),
    [
        ("100", "101", 1),
        ("100", "99", 1),
        ("100", "101.01", 0),
        ("-100", "-99", 1),
        ("-100", "100", 0),
        ("0", "0.0", 1),
        ("0", "0.001", 0),
        ("1240.50", "The total is EUR 1,240.50.", 1),
        ("12", "From 41,200 to 46,144 is a growth of 12%.", 1),
        ("12", "No figure is given.", 0),
        ("12", {"growth": 12.1}, 1),
        ("12", {"growth": 12, "year": 2024}, 0),
        ({"total": 54, "currency": "EUR"}, {"total": "54.30", "currency": "eur"}, 1),
        ({"total": 54, "currency": "EUR"}, {"total": 60, "currency": "EUR"}, 0.5),
        ({"total": 54, "currency": "EUR"}, {"total": 54}, 0.5),
        ({"total": 54, "day": "2025-01-31"}, {"total": 54, "day": "2025-02-31"}, 0.5),
        ({"rows": [1, 2, 3]}, {"rows": [1, 3, 2]}, 1 / 3),
        ({"total": 54}, "54", 0),
    ],
)
def test_a_number_is_right_within_one_percent(expected, answer, points):
    assert numeric_tolerance(expected, answer) == pytest.approx(points)


@given(st.floats(-1e9, 1e9).filter(lambda number: abs(number) > 1e-3), st.floats(-0.5, 0.5))
def test_the_tolerance_is_of_the_expected_number(number, off):
    answer = number * (1 + off)
    assert numeric_tolerance(f"{number:.6f}", f"about {answer:.6f} in all") == float(
        abs(round(answer, 6) - round(number, 6)) <= 0.01 * abs(round(number, 6))
    )


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("about 42.", 42),
        ("-3.5 %", -3.5),
        ("\u22127 degrees", -7),
        ("pages 3-5", 5),
        ("$1,240.50", 1240.5),
        ("2,000,000", 2_000_000),
        ("1e3", 1000),
        (".5", 0.5),
        ("x2", None),
        ("1e999", None),
        ("1/3 or so", 3),
        ("none", None),
        ("", None),
    ],
)
def test_the_last_number_of_a_text_is_its_answer(text, number):
    assert last_number(text) == number


@pytest.mark.parametrize("expected", ["twelve", "", {"a": "x"}, {}])
def test_what_has_no_number_cannot_be_expected_within_a_tolerance(expected):
    with pytest.raises(ValueError, match="no number"):
        SCORERS["numeric_tolerance"].check(expected)


# Word error rate


@pytest.mark.parametrize(
    ("expected", "answer", "edits"),
    [
        ("the pump failed", "The pump, failed!", 0),
        ("the pump failed", "the pump", 1),
        ("the pump failed", "the old pump failed", 1),
        ("the pump failed", "the lamp failed", 1),
        ("the pump failed", "pump the failed", 2),
        ("the pump failed", "", 3),
        ("the pump failed", "it rains all day", 4),
    ],
)
def test_a_word_error_is_a_word_to_change_to_leave_out_or_to_put_in(expected, answer, edits):
    assert word_errors(expected, answer) == (edits, 3)
    assert SCORERS["wer"].score(expected, answer) == pytest.approx(max(0, 1 - edits / 3))


def test_the_word_error_rate_is_of_all_words_and_not_the_mean_of_rates():
    assert word_accuracy([(1, 1), (0, 9)]) == pytest.approx(0.9)
    assert word_accuracy([(5, 2)]) == 0
    assert word_accuracy([(0, 0)]) == 1
    assert word_accuracy([(1, 0)]) == 0


@given(WORDS, WORDS)
def test_the_edit_distance_is_as_the_textbook_says(first, second):
    before = list(range(len(second) + 1))
    for row, word in enumerate(first, 1):
        distances = [row]
        for column, other in enumerate(second, 1):
            distances.append(min(before[column] + 1, distances[-1] + 1, before[column - 1] + (word != other)))
        before = distances
    assert edit_distance(first, second) == before[-1]


@given(WORDS, WORDS, WORDS)
def test_the_edit_distance_is_a_distance(first, second, third):
    assert (edit_distance(first, second) == 0) == (first == second)
    assert edit_distance(first, second) == edit_distance(second, first)
    assert edit_distance(first, third) <= edit_distance(first, second) + edit_distance(second, third)


# Ranking


@pytest.mark.parametrize(
    ("expected", "answer", "points"),
    [
        ({"a": 3, "b": 2, "c": 1}, {"ranking": ["a", "b", "c"]}, 1),
        ({"a": 3, "b": 2, "c": 1}, "a > b > c", 1),
        ({"a": 3, "b": 2, "c": 1}, "a\nb\nc\n", 1),
        ({"a": 3, "b": 2, "c": 1}, {"c": -0.5, "a": 0.9, "b": 0.1}, 1),
        # Its ideal is 3 + 2/1.585 + 1/2 = 4.7619; turned round it is 1 + 2/1.585 + 3/2 = 3.7619.
        ({"a": 3, "b": 2, "c": 1}, {"ranking": ["c", "b", "a"]}, 0.789998),
        ({"a": 1, "b": 0}, {"ranking": ["b", "a"]}, 1 / math.log2(3)),
        ({"a": 1, "b": 0}, {"ranking": ["x", "y", "a"]}, 1 / math.log2(4)),
        ({"a": 1}, {"ranking": [*"bcdefghijk", "a"]}, 0),
        ({"a": 1}, {"ranking": [*"bcdefghij", "a"]}, 1 / math.log2(11)),
        # An id that comes twice counts where it comes first.
        ({"a": 1, "b": 1}, {"ranking": ["a", "a", "b"]}, 1),
        ({"a": 1, "b": -5}, {"ranking": ["b", "a"]}, 1 / math.log2(3)),
        ({"a": 1}, {"ranking": []}, 0),
        ({"a": 1}, "", 0),
        ({"1": 1}, {"ranking": [1]}, 1),
    ],
)
def test_a_ranking_gains_less_the_later_what_is_good_comes(expected, answer, points):
    assert ndcg(expected, answer) == pytest.approx(points, abs=1e-5)


@given(st.dictionaries(st.sampled_from("abcdefghijklmn"), st.integers(0, 4), min_size=1), st.randoms())
def test_ndcg_is_the_discounted_gain_over_that_of_the_best_order(gains, random):
    order = sorted(gains)
    random.shuffle(order)

    def discounted(names):
        return sum(gains[name] / math.log(place + 1, 2) for place, name in enumerate(names, 1) if place <= 10)

    best = discounted(sorted(gains, key=gains.__getitem__, reverse=True))
    assert ndcg(gains, {"ranking": order}) == pytest.approx(discounted(order) / best if best else 1)


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 4), min_size=2), st.randoms(), st.data())
def test_two_neighbours_the_right_way_round_are_never_worse(gains, random, data):
    order = sorted(gains)
    random.shuffle(order)
    place = data.draw(st.integers(0, len(order) - 2))
    better = order.copy()
    better[place : place + 2] = sorted(order[place : place + 2], key=gains.__getitem__, reverse=True)
    assert ndcg(gains, {"ranking": better}) >= ndcg(gains, {"ranking": order})


@pytest.mark.parametrize(
    ("answer", "ids"),
    [
        ({"query": "x", "ranking": ["b", "a"]}, ["b", "a"]),
        ({"a": 1, "b": 2, "why": "it fits"}, ["b", "a"]),
        ("b, a,\n", ["b", "a"]),
        ({"why": "none fits"}, []),
    ],
)
def test_the_ids_of_a_ranking_are_found_in_each_form(answer, ids):
    assert ranking(answer) == ids


@pytest.mark.parametrize("expected", ["a > b", {}, {"a": 0}, {"a": -1}, {"a": "high"}, {"a": True}, {"a": 1, "b": []}])
def test_what_gives_no_gain_cannot_be_expected_of_a_ranking(expected):
    with pytest.raises(ValueError, match="gain"):
        SCORERS["ndcg"].check(expected)


# ROUGE-L


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


@given(WORDS, WORDS)
def test_the_common_subsequence_is_as_long_as_the_textbook_says(first, second):
    lengths = [0] * (len(second) + 1)
    for word in first:
        before = lengths[:]
        for place, other in enumerate(second, 1):
            lengths[place] = before[place - 1] + 1 if word == other else max(before[place], lengths[place - 1])
    assert common_subsequence(first, second) == lengths[-1]


@given(WORDS, WORDS)
def test_of_two_texts_no_more_is_common_than_the_words(first, second):
    assert common_subsequence(first, second) <= (Counter(first) & Counter(second)).total()
