"""`client.evals.runs`: models evaluated on a set, against vendors' models if you like."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from .. import _openai
from ..errors import ParetaError
from ..progress import reporting
from ..types._base import ParetaModel
from ..types.evals import EvalRun, FrontierModel
from ..waiting import Wait
from ._calls import AsyncResource, Call, ExtraOptions, RequestOptions, SyncResource, path
from .eval_sets import retrieve_set

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..eval_items import Items

OnRunProgress = Callable[[EvalRun], object]

_KEYWORDS = ("all", "benchmarked")

_log = logging.getLogger("pareta_openai")


class _Started(ParetaModel):
    required_fields: ClassVar[tuple[str, ...]] = ("run_id",)
    run_id: str
    status: str | None = None


class _Roster(ParetaModel):
    frontier_models: list[FrontierModel] = []


def frontier_models(task: str | None) -> Call[list[FrontierModel]]:
    query = {} if task is None else {"task": task}
    return Call(
        "get",
        "/eval/frontier-models",
        cast_to=_Roster,
        query=query,
        read=lambda answer: answer.frontier_models,
    )


def _create(eval_set_id: str, candidates: Sequence[str]) -> Call[EvalRun]:
    def read(started: Any) -> EvalRun:
        return EvalRun.construct(run={"id": started.run_id, "status": started.status}, results=[])

    body = {"eval_set_id": eval_set_id, "candidate_model_ids": list(candidates)}
    return Call("post", "/eval-runs", cast_to=_Started, body=body, read=read)


def _retrieve(run_id: str) -> Call[EvalRun]:
    return Call("get", path("eval-runs", run_id), cast_to=EvalRun)


def _check_candidates(models: Iterable[str], frontier: object) -> tuple[list[str], str | None]:
    """The ids that are known already, and the keyword that the roster has yet to turn into ids.

    `frontier` may be None, ``"none"``, a list or tuple of ids, ``"all"`` or ``"benchmarked"``.
    """
    if isinstance(models, str):
        raise ValueError(f"models is {models!r}: give a list, such as [{models!r}].")
    candidates = list(models or ())
    if frontier in _KEYWORDS:
        return candidates, str(frontier)
    if frontier is None or frontier == "none":
        more: list[str] = []
    elif isinstance(frontier, (list, tuple)):
        more = list(frontier)
    elif isinstance(frontier, str):
        raise ValueError(
            f"frontier is {frontier!r}: give 'all', 'benchmarked' or 'none', or a list of ids such as [{frontier!r}]."
        )
    else:
        raise TypeError(f"frontier is {frontier!r}: give a list of ids, 'all', 'benchmarked', 'none' or None.")
    return _require_candidates([*candidates, *more]), None


def _check_source(eval_set: str | None, task: str | None, prompt: str | None, items: object) -> bool:
    """Whether a set has to be made first."""
    if eval_set is None and (items is None or (task is None and prompt is None)):
        raise ValueError("eval_set is missing: give the id of a set, or task= and items= to make one.")
    if eval_set is not None and items is not None:
        raise ValueError("eval_set and items are both given, and a set has its rows already: leave one out.")
    if eval_set is not None and (not isinstance(eval_set, str) or not eval_set.strip()):
        raise ValueError(f"eval_set is {eval_set!r}: give the id of a set. client.evals.sets.list() has them.")
    return eval_set is None


def _require_candidates(candidates: list[str]) -> list[str]:
    if not candidates:
        raise ValueError("models is empty, and frontier= adds nothing: name at least one model to evaluate.")
    return candidates


def _wait_for(run_id: str, timeout: float, poll_interval: float) -> Wait:
    return Wait(
        what=f"Eval run {run_id}",
        id=run_id,
        resume=f"client.evals.runs.wait({run_id!r})",
        timeout=timeout,
        poll_interval=poll_interval,
    )


def _describe(run: EvalRun) -> tuple[str, float | None]:
    return run.status or "", None


def _watch(report: Callable[[EvalRun], None]) -> Callable[[EvalRun], bool]:
    def is_done(run: EvalRun) -> bool:
        report(run)
        return run.is_terminal

    return is_done


def _start(
    eval_set: str, task: str | None, models: list[str], frontier: str | None
) -> Generator[Call[Any], Any, Call[EvalRun]]:
    """The call that starts the run, with what has to be asked for the keyword `frontier` before."""
    if frontier is not None:
        if not task:
            task = (yield retrieve_set(eval_set)).task_id
        if not task:
            raise ValueError(f"frontier is {frontier!r}, and eval set {eval_set} has no task: pass task=, or ids.")
        roster = yield frontier_models(task)
        models = [*models, *(model.id for model in roster if frontier == "all" or model.benchmarked)]
    return _create(eval_set, _require_candidates(models))


@contextmanager
def _keeping(eval_set: str, *, made: bool) -> Iterator[None]:
    """A set that was made for a run stays when the run is refused: its id must not be lost with the exception."""
    try:
        yield
    except ParetaError:
        if made:
            _log.warning("The rows were uploaded and stay: eval_set=%r runs on them.", eval_set)
        raise


class EvalRuns(SyncResource):
    """Every method raises `APIStatusError` for what the platform refuses, `NotFoundError` for an unknown id."""

    def create(
        self,
        *,
        models: Iterable[str],
        eval_set: str | None = None,
        task: str | None = None,
        items: Items | None = None,
        name: str | None = None,
        prompt: str | None = None,
        frontier: Sequence[str] | str | None = None,
        wait: bool = False,
        timeout: float = 900.0,
        poll_interval: float = 3.0,
        on_progress: OnRunProgress | None = None,
        progress: bool = False,
        **options: Unpack[ExtraOptions],
    ) -> EvalRun:
        """Evaluate `models`, which are per-task aliases, on a set (`POST /v1/eval-runs`). It is billed.

        `eval_set` is a set's id; `items`, with `task`, makes one first, as `client.evals.sets.create` does. `frontier`
        adds vendors' models: a list of ids, ``"all"`` that can do the task, or the ``"benchmarked"`` ones. With
        `wait=True` this waits as `wait` does, and returns the run when it has ended.

        Raises `InsufficientCreditsError` before any work where the balance cannot cover the run.
        """
        candidates, keyword = _check_candidates(models, frontier)
        made = _check_source(eval_set, task, prompt, items)
        if eval_set is None:
            assert items is not None  # _check_source has seen to it
            eval_set = self._pareta.evals.sets.create(task=task, prompt=prompt, items=items, name=name).id
        with _keeping(eval_set, made=made):
            call = self._follow(_start(eval_set, task, candidates, keyword), options)
            if not wait:
                return self._send(call, options)
            run = self._send(call, _openai.without_raw_header(options))
        return self._wait(run.id, timeout, poll_interval, on_progress, progress, options)

    def retrieve(self, run_id: str, **options: Unpack[RequestOptions]) -> EvalRun:
        """A run as it stands, with the results that there are (`GET /v1/eval-runs/{id}`)."""
        return self._send(_retrieve(run_id), options)

    def wait(
        self,
        run_id: str,
        *,
        timeout: float = 900.0,
        poll_interval: float = 3.0,
        on_progress: OnRunProgress | None = None,
        progress: bool = False,
        **options: Unpack[ExtraOptions],
    ) -> EvalRun:
        """Wait until a run has ended, well or not, at most `timeout` seconds, looking every `poll_interval` seconds.

        Raises `WaitTimeoutError` where it was still running when the time ran out; it goes on at the platform.
        """
        return self._wait(run_id, timeout, poll_interval, on_progress, progress, options)

    def _wait(
        self,
        run_id: str,
        timeout: float,
        poll_interval: float,
        on_progress: OnRunProgress | None,
        progress: bool,
        options: ExtraOptions,
    ) -> EvalRun:
        wait = _wait_for(run_id, timeout, poll_interval)
        with reporting(wait.what, _describe, on_progress=on_progress, progress=progress) as report:
            return self._poll(_retrieve(run_id), options, wait, _watch(report))


class AsyncEvalRuns(AsyncResource):
    """`EvalRuns`, awaited."""

    async def create(
        self,
        *,
        models: Iterable[str],
        eval_set: str | None = None,
        task: str | None = None,
        items: Items | None = None,
        name: str | None = None,
        prompt: str | None = None,
        frontier: Sequence[str] | str | None = None,
        wait: bool = False,
        timeout: float = 900.0,
        poll_interval: float = 3.0,
        on_progress: OnRunProgress | None = None,
        progress: bool = False,
        **options: Unpack[ExtraOptions],
    ) -> EvalRun:
        """See `EvalRuns.create`. `on_progress` is called, not awaited."""
        candidates, keyword = _check_candidates(models, frontier)
        made = _check_source(eval_set, task, prompt, items)
        if eval_set is None:
            assert items is not None
            eval_set = (await self._pareta.evals.sets.create(task=task, prompt=prompt, items=items, name=name)).id
        with _keeping(eval_set, made=made):
            call = await self._follow(_start(eval_set, task, candidates, keyword), options)
            if not wait:
                return await self._send(call, options)
            run = await self._send(call, _openai.without_raw_header(options))
        return await self._wait(run.id, timeout, poll_interval, on_progress, progress, options)

    async def retrieve(self, run_id: str, **options: Unpack[RequestOptions]) -> EvalRun:
        """See `EvalRuns.retrieve`."""
        return await self._send(_retrieve(run_id), options)

    async def wait(
        self,
        run_id: str,
        *,
        timeout: float = 900.0,
        poll_interval: float = 3.0,
        on_progress: OnRunProgress | None = None,
        progress: bool = False,
        **options: Unpack[ExtraOptions],
    ) -> EvalRun:
        """See `EvalRuns.wait`. `on_progress` is called, not awaited."""
        return await self._wait(run_id, timeout, poll_interval, on_progress, progress, options)

    async def _wait(
        self,
        run_id: str,
        timeout: float,
        poll_interval: float,
        on_progress: OnRunProgress | None,
        progress: bool,
        options: ExtraOptions,
    ) -> EvalRun:
        wait = _wait_for(run_id, timeout, poll_interval)
        with reporting(wait.what, _describe, on_progress=on_progress, progress=progress) as report:
            return await self._poll(_retrieve(run_id), options, wait, _watch(report))
