from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pareta_openai.local.catalogue import TASKS
from pareta_openai.local.eval_sets import EvalItem
from pareta_openai.local.scoring import SCORERS
from pareta_openai.local.simulation import predict

JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5)


def answers(task, *, quality, count, model="m"):
    """Pairs of the expected answer and the one that is made up."""
    labels = [example.expected for example in task.examples]
    for idx in range(count):
        expected = labels[idx % len(labels)]
        item = EvalItem(idx, f"row {idx}", expected, has_document=True)
        yield expected, predict(task, item, model=model, quality=quality, labels=labels)


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
@pytest.mark.parametrize("quality", [0.0, 0.3, 0.6, 0.95, 1.0])
def test_simulated_answers_are_about_as_good_as_they_are_to_be(task, quality):
    scorer = SCORERS[task.default_scorer]
    measures = [scorer.measure(*pair) for pair in answers(task, quality=quality, count=1_500)]
    assert scorer.total(measures) == pytest.approx(quality, abs=0.04)


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_a_simulated_answer_follows_from_model_and_row_alone(task):
    first, again, other = (list(answers(task, quality=0.5, count=20, model=model)) for model in ("a", "a", "b"))
    assert first == again
    assert first != other


def test_a_wrong_label_is_another_label_of_the_set():
    task = TASKS["support-ticket-triage"]
    item = EvalItem(0, "row", "refund", has_document=False)
    assert predict(task, item, model="m", quality=0.0, labels=["Refund", "complaint"]) == "complaint"


@given(st.dictionaries(st.text(), JSON))
def test_every_wrong_value_is_another_one(expected):
    item = EvalItem(0, "row", expected, has_document=False)
    answer = predict(TASKS["contract-key-fields"], item, model="m", quality=0.0, labels=[])
    assert set(answer) == set(expected)
    for key, value in expected.items():
        assert isinstance(value, list) or answer[key] != value


@given(st.floats(-1e9, 1e9))
def test_a_wrong_number_is_out_of_tolerance(number):
    item = EvalItem(0, "row", f"It is {number:f}.", has_document=False)
    task = TASKS["report-figures"]
    answer = predict(task, item, model="m", quality=0.0, labels=[])
    assert SCORERS[task.default_scorer].score(item.expected, answer) == 0
