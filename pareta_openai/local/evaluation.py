"""An eval run from the names of its candidates to its booked results."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .bootstrap import percentile_interval, resampled
from .catalogue import VENDOR_MODELS, LeaderboardEntry, Task, task_of_alias
from .errors import NotAcceptable, NotFound, Refusal
from .eval_runs import Candidate, EvalResult, EvalRun
from .eval_sets import EvalItem, EvalSet
from .inference import AUTO
from .model_predictor import ModelPredictor
from .predictors import Predictor, SimulatedPredictor, Unanswered
from .scoring import SCORERS, Answer
from .state import State

# How many rows are simulated; of a larger set every second one is, or every third...
_SCORED = 10_000
# Up to how many rows a result also says how each of them went.
_LISTED = 1_000
_LONGEST_PREDICTION = 1_000
# Of how many rows the labels are known that a wrong answer may be one of.
_LABELLED = 500
# How many draws of a bootstrap are a few milliseconds of work.
_DRAWN = 20_000
# How far a model that was not measured on a task is taken to be below those that were.
_UNMEASURED_BELOW = 0.03
_NO_DOCUMENT = "No document was uploaded for this row."

_log = logging.getLogger(__name__)


def start_run(
    state: State,
    organisation_id: str,
    *,
    eval_set_id: str,
    model_ids: Sequence[str],
    request_id: str,
    idempotency_key: str | None,
) -> EvalRun:
    """A new run, or the one that `idempotency_key` started before. A candidate that is named twice runs once.

    Raises `NotFound`, `NotAcceptable`, `OutOfCredit`, and `EndpointNotReady` for a candidate that is an endpoint.
    """
    started = state.eval_runs.find(organisation_id, idempotency_key)
    if started is not None:
        return started
    now = state.now()
    eval_set = state.eval_sets.get(organisation_id, eval_set_id)
    run = state.eval_runs.accept(
        organisation_id,
        eval_set,
        [_candidate(state, organisation_id, eval_set.task, model_id, now) for model_id in dict.fromkeys(model_ids)],
        request_id=request_id,
        idempotency_key=idempotency_key,
        now=now,
        takes=state.eval_seconds if state.model_server is None else 0.0,
    )
    _work_on(state, organisation_id, run)
    return run


def resume(state: State) -> None:
    """Goes on with the runs that were under way when the platform was stopped."""
    for organisation_id, run in state.eval_runs.under_way():
        _work_on(state, organisation_id, run)


async def look(state: State, organisation_id: str, run_id: str) -> EvalRun:
    """The run as it stands: with its results from the time on at which it ends."""
    run = state.eval_runs.get(organisation_id, run_id)
    if run.is_due(state.now()):
        await _finished(state, organisation_id, run)
    return state.eval_runs.get(organisation_id, run_id)


async def delete_set(state: State, organisation_id: str, eval_set_id: str) -> None:
    """Runs that it is deleted under fail."""
    for run in state.eval_runs.of_set(organisation_id, eval_set_id):
        if run.is_due(state.now()):
            await _finished(state, organisation_id, run)
        elif not run.is_settled:
            await state.background.cancel(run.id)
            state.eval_runs.fail(run, f"The eval set {eval_set_id} was deleted before the run was through.")
    await state.eval_sets.delete(organisation_id, eval_set_id)


def _work_on(state: State, organisation_id: str, run: EvalRun) -> asyncio.Task[None]:
    return state.background.start(run.id, lambda: _carry_out(state, organisation_id, run))


async def _finished(state: State, organisation_id: str, run: EvalRun) -> None:
    # Shielded: a client that goes away takes its request with it, and not the run.
    await asyncio.shield(_work_on(state, organisation_id, run))


async def _carry_out(state: State, organisation_id: str, run: EvalRun) -> None:
    await state.clock.sleep(run.ends_at - state.now())
    try:
        eval_set = state.eval_sets.get(organisation_id, run.eval_set_id)
        results = await _evaluate(state, organisation_id, run, eval_set)
        state.eval_runs.settle(organisation_id, run, results, now=state.now())
    except Refusal as refusal:
        state.eval_runs.fail(run, str(refusal))
    except Exception as error:
        # A run has to end, whatever is wrong with its rows or with us; what it has not come to is not billed.
        _log.exception("Eval run %s failed", run.id)
        state.eval_runs.fail(run, f"The local platform failed: {type(error).__name__}.")


@dataclass
class _Tally:
    """What has been seen of one candidate's answers."""

    candidate: Candidate
    task: Task
    predictor: Predictor
    answered: int = 0
    first_error: str | None = None
    measures: list[Any] = field(default_factory=list)
    per_item: list[dict[str, Any]] = field(default_factory=list)

    async def add(self, items: Sequence[EvalItem]) -> None:
        answerable = [item for item in items if item.has_document or not self.task.has_blob_input]
        answers = dict(zip((item.idx for item in answerable), await self.predictor.predict(answerable), strict=True))
        for item in items:
            entry = self._entry(item, answers.get(item.idx, Unanswered(_NO_DOCUMENT)))
            if len(self.per_item) < _LISTED:
                self.per_item.append(entry)

    def _entry(self, item: EvalItem, answer: Answer | Unanswered) -> dict[str, Any]:
        entry: dict[str, Any] = {"idx": item.idx, "score": None, "prediction": None, "error": None}
        if isinstance(answer, Unanswered):
            self.first_error = self.first_error or answer.error
            return {**entry, "error": answer.error}
        self.answered += 1
        entry["prediction"] = _shortened(answer)
        if item.expected is not None:
            scorer = SCORERS[self.task.default_scorer]
            measure = scorer.measure(item.expected, answer)
            self.measures.append(measure)
            entry["score"] = round(scorer.points(measure), 6)
        return entry

    async def result(self, run: EvalRun, *, rows: int, answered: int) -> EvalResult:
        mean = low = high = None
        if self.measures:
            seed = f"{run.eval_set_id} {self.candidate.model}"
            mean, low, high = await _total(self.task, self.measures, seed=seed)
        elif answered and self.candidate.is_simulated:
            # Nobody judges here: what cannot be compared counts with the quality of the leaderboard.
            mean = low = high = self.candidate.quality
        return EvalResult(
            model_id=self.candidate.model_id,
            kind=self.candidate.kind,
            quality_mean=mean,
            quality_ci_low=low,
            quality_ci_high=high,
            exact_match=self._exact_match(),
            mean_cost_micro_usd=self.candidate.micro_usd if answered else None,
            n_succeeded=answered,
            error_count=rows - answered,
            n_scored=len(self.measures),
            per_item=self.per_item if rows <= _LISTED else None,
        )

    def _exact_match(self) -> float | None:
        """In percent, beside a macro-F1: of few rows it says more."""
        if self.task.default_scorer != "macro_f1" or not self.measures:
            return None
        points = SCORERS["macro_f1"].points
        return round(100 * sum(map(points, self.measures)) / len(self.measures), 4)


async def _evaluate(state: State, organisation_id: str, run: EvalRun, eval_set: EvalSet) -> list[EvalResult]:
    """Other requests have their turn between the rows. Raises `Refusal` where no answer can be had."""
    if run.is_simulated:
        return await _simulate(state, run, eval_set)
    tallies = [
        _Tally(candidate, eval_set.task, _predictor(state, organisation_id, run, eval_set, candidate))
        for candidate in run.candidates
    ]
    async for items in state.eval_sets.items(eval_set):
        for tally in tallies:
            await tally.add(items)
    if not any(tally.answered for tally in tallies):
        raise NotAcceptable(f"No candidate answered any row. The first one: {tallies[0].first_error}")
    return [await tally.result(run, rows=eval_set.item_count, answered=tally.answered) for tally in tallies]


def _predictor(
    state: State, organisation_id: str, run: EvalRun, eval_set: EvalSet, candidate: Candidate
) -> ModelPredictor:
    if state.model_server is None:
        raise NotAcceptable("The run was started with a model server, and the platform has none any more.")
    return ModelPredictor(
        server=state.model_server,
        clock=state.clock,
        blobs=state.blobs,
        answers=state.eval_answers,
        organisation_id=organisation_id,
        run_id=run.id,
        eval_set=eval_set,
        model=candidate.model,
        is_open=candidate.kind == "open",
    )


async def _simulate(state: State, run: EvalRun, eval_set: EvalSet) -> list[EvalResult]:
    task = eval_set.task
    labels = await _labels(state, eval_set)
    tallies = [
        _Tally(candidate, task, SimulatedPredictor(task, candidate.model, candidate.quality, labels))
        for candidate in run.candidates
    ]
    async for items in state.eval_sets.items(eval_set, step=-(-eval_set.item_count // _SCORED)):
        for tally in tallies:
            await tally.add(items)
            await asyncio.sleep(0)
    rows = eval_set.item_count
    answered = state.eval_sets.count_documents(eval_set) if task.has_blob_input else rows
    return [await tally.result(run, rows=rows, answered=answered) for tally in tallies]


async def _total(task: Task, measures: Sequence[Any], *, seed: str) -> tuple[float, float, float]:
    """The total of all rows, and its interval. Other requests have their turn here too."""
    total = SCORERS[task.default_scorer].total
    mean, totals, drawn = total(measures), [], 0
    for resample in resampled(measures, total, seed=seed):
        totals.append(resample)
        drawn += len(measures)
        if drawn >= _DRAWN:
            drawn = 0
            await asyncio.sleep(0)
    low, high = percentile_interval(totals, around=mean)
    return round(mean, 6), round(low, 6), round(high, 6)


async def _labels(state: State, eval_set: EvalSet) -> list[str]:
    """The different texts that the first rows expect; where they are all the same, those of the task's examples."""
    expected = [item.expected async for items in state.eval_sets.items(eval_set, end=_LABELLED) for item in items]
    labels = {value for value in expected if isinstance(value, str)}
    if len(labels) < 2:
        labels.update(example.expected for example in eval_set.task.examples if isinstance(example.expected, str))
    return sorted(labels)


def _candidate(state: State, organisation_id: str, task: Task, model_id: str, now: float) -> Candidate:
    endpoint = state.endpoints.find(organisation_id, model_id)
    vendor_model = VENDOR_MODELS.get(model_id)
    if endpoint is not None:
        if endpoint.task != task:
            raise NotAcceptable(f"Endpoint {model_id} is for {endpoint.task.id}, and the eval set for {task.id}.")
        state.endpoints.admit(organisation_id, endpoint, now=now)
        entry = endpoint.model
    elif vendor_model is not None:
        if not vendor_model.can_read(task):
            raise NotAcceptable(f"{model_id} reads no pictures and documents, which {task.id} is about.")
        entry = vendor_model.standing(task)
    elif model_id in task.open_models:
        entry = task.open_models[model_id]
    elif model_id == AUTO and state.generation.has_newer:
        # Any model may answer: as good and as dear as the one that is recommended, and not the same.
        entry = replace(task.open_models[task.recommended], name=AUTO)
    else:
        raise _unknown(task, model_id)
    return Candidate(
        model_id=model_id,
        model=entry.name,
        kind=entry.kind,
        quality=_quality(task, entry),
        micro_usd=entry.cost_per_request_micro_usd,
        is_simulated=state.model_server is None,
    )


def _unknown(task: Task, model_id: str) -> NotAcceptable | NotFound:
    if "/" in model_id:
        return NotAcceptable(
            f"{model_id!r} looks like a Hugging Face repo id, which is never a model here."
            f" Name an alias from the leaderboard of {task.id}, such as {task.recommended!r}."
        )
    home = task_of_alias(model_id)
    if home is not None:
        return NotAcceptable(f"{model_id!r} is a model for {home.id}, and the eval set is for {task.id}.")
    return NotFound(
        f"No model or endpoint {model_id!r}. Candidates are the aliases on the leaderboard of {task.id}, the ids of"
        " GET /v1/eval/frontier-models, and your endpoints."
    )


def _quality(task: Task, entry: LeaderboardEntry) -> float:
    if entry.quality is not None:
        return entry.quality
    return max(0.0, min(other.quality for other in task.models if other.quality is not None) - _UNMEASURED_BELOW)


def _shortened(answer: Answer) -> Answer:
    text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    return answer if len(text) <= _LONGEST_PREDICTION else text[: _LONGEST_PREDICTION - 1] + "…"
