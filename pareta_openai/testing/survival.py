"""What becomes of a test's code when the platform fails it: the trials, and what they have shown."""

from __future__ import annotations

import difflib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

import openai

from ..local import ArmedFault, Fault, faults
from ..local.armed_faults import ANY
from ..local.errors import NotAcceptable
from ..local.operations import Operation, require_operation
from ..local.request_log import LoggedRequest
from .local_pareta import LocalPareta, as_armed

Outcome = Literal["survives", "gives up", "does not", "never met"]

_FOR_EVER = 30
"""Requests, so that code which never gives up comes to an end all the same."""
_MOST_ATTEMPTS = 10
"""For one call. More of them are a storm."""
_POINTLESS = (400, 401, 402, 403, 404, 422)
_SETTLE_SECONDS = 1.0
_CLOCK_SECONDS = 0.05
"""By how much two times may be off that were taken by different threads."""


@dataclass(frozen=True)
class Trial:
    """One run of a test under `faults`, of which each is met `times` times.

    `retry_helps` is for those that a client gets over by asking again: code that gives up does not survive them. For
    all others an error of openai's or Pareta's is a good end.
    """

    name: str
    faults: tuple[Fault, ...] = ()
    times: int = 1
    retry_helps: bool = False
    on: str = ANY
    probability: float = 1.0
    seed: int = 0

    def narrowed_to(self, operation: str) -> Trial:
        """The same for one operation, unless it is for one already. Raises `NotAcceptable` where no fault fits it."""
        if self.on != ANY or operation == ANY:
            return self
        found = require_operation(operation)
        fitting = tuple(fault for fault in self.faults if _fits(fault, found))
        if not fitting:
            self.faults[0].require_fit(found)
        return replace(self, faults=fitting, on=operation)

    def fits(self, operation: str) -> bool:
        return operation == ANY or any(_fits(fault, require_operation(operation)) for fault in self.faults)

    def arm(self, pareta: LocalPareta) -> None:
        for fault in self.faults:
            pareta.add_fault(fault, on=self.on, times=self.times, probability=self.probability, seed=self.seed)


@dataclass(frozen=True)
class Verdict:
    """`test` is a node id without the trial's name, `words` say why."""

    test: str
    trial: str
    outcome: Outcome
    words: str = ""


NO_FAULT = Trial("no-fault")

TRIALS: tuple[Trial, ...] = (
    Trial("rate-limited", (faults.status(429, retry_after=2),), retry_helps=True),
    Trial("rate-limited-for-ever", (faults.status(429, retry_after=2),), times=_FOR_EVER),
    Trial("server-error", (faults.status(500),), retry_helps=True),
    Trial("down", (faults.status(503),), times=_FOR_EVER),
    Trial("cold-endpoint", (faults.status(503, retry_after=2),), retry_helps=True),
    Trial("skewed-clock", (faults.status(429, retry_after=2, clock_skew=-3600),), retry_helps=True),
    Trial("out-of-credit", (faults.status(402),), times=_FOR_EVER),
    Trial("proxy-page", (faults.html(502),), retry_helps=True),
    Trial("proxy-page-200", (faults.html(200),)),
    Trial("dropped", (faults.drop(),), retry_helps=True),
    Trial("answer-lost", (faults.answer_lost(),), retry_helps=True),
    Trial("cut-off", (faults.drop(after_events=2),)),
    Trial("cut-short", (faults.end_without_done(after_events=2), faults.truncated_json())),
    Trial("error-in-stream", (faults.error_event(after_events=1),)),
)
"""What code is put through that names nothing else. A fault that needs a stream, or none, waits for such a request."""


def choose_trials(*which: str | Fault | ArmedFault, without: Sequence[str] = (), on: str = ANY) -> list[Trial]:
    """The arguments of `@pytest.mark.pareta_faults`: names of `TRIALS`, and faults of one's own.

    Where nothing is named it is all that fit. Raises `ValueError` for a name that is none, `TypeError` for what is
    neither, `NotAcceptable` for an operation that the contract does not have, or that never meets a fault.
    """
    if isinstance(without, str):
        raise TypeError(f"without is a list of trials, such as [{without!r}].")
    for name in without:
        _find(name)
    if which:
        chosen = [_find(one) if isinstance(one, str) else _own(one) for one in which]
    else:
        chosen = [trial for trial in TRIALS if trial.fits(on)]
    return [NO_FAULT, *(trial.narrowed_to(on) for trial in chosen if trial.name not in without)]


def _fits(fault: Fault, operation: Operation) -> bool:
    try:
        fault.require_fit(operation)
    except NotAcceptable:
        return False
    return True


def _find(name: str) -> Trial:
    by_name = {trial.name: trial for trial in TRIALS}
    if name not in by_name:
        near = difflib.get_close_matches(str(name), by_name, 1, 0.0)[0]
        raise ValueError(f"No trial {name!r}. Did you mean {near!r}? There are {', '.join(by_name)}.")
    return by_name[name]


def _own(fault: object) -> Trial:
    armed = as_armed(fault)
    how = {**armed.arguments, "times": armed.times or _FOR_EVER}
    return Trial(str(armed.fault), (armed.fault,), **how)


_usual: dict[str, Counter[str]] = {}
"""By test, how often it asks for the same where nothing is wrong."""


def note_usual(test: str, pareta: LocalPareta) -> None:
    _usual[test] = Counter(map(_content, _settled(pareta)))


def judge(test: str, trial: Trial, pareta: LocalPareta, error: BaseException | None) -> Verdict:
    """What a run has shown that ended with `error`, or well where that is None."""
    verdict = _verdict_of(test, trial)
    requests = _settled(pareta)
    if trial.faults and not any(request.fault for request in requests):
        return verdict("does not", f"fails without meeting it: {_named(error)}") if error else verdict("never met")
    calls = _calls(requests, _usual.get(test, Counter()))
    problems = list(dict.fromkeys(_problems(calls, passed=error is None)))
    if problems:
        return verdict("does not", "; ".join(problems))
    if error is None:
        return verdict("survives")
    if not _is_the_platforms(error):
        return verdict("does not", _named(error))
    if trial.retry_helps:
        return verdict("does not", f"{_kind(error)}, where one more try would have been answered")
    return verdict("gives up", _kind(error))


def _verdict_of(test: str, trial: Trial) -> Callable[..., Verdict]:
    def verdict(outcome: Outcome, words: str = "") -> Verdict:
        return Verdict(test, trial.name, outcome, words)

    return verdict


def _settled(pareta: LocalPareta) -> list[LoggedRequest]:
    """The test's requests, when the platform has heard how they ended: a dropped client is ahead of it."""
    until = time.monotonic() + _SETTLE_SECONDS
    while any(request.state == "open" for request in pareta.requests) and time.monotonic() < until:
        time.sleep(0.001)
    return pareta.requests


def _problems(calls: Sequence[Sequence[LoggedRequest]], *, passed: bool) -> Iterator[str]:
    for call in calls:
        if len(call) > _MOST_ATTEMPTS:
            yield f"made a retry storm: {len(call)} requests for one call"
        for before, after in pairwise(call):
            pause, asked_for = after.at - _answered_at(before), _seconds(before.retry_after)
            if pause < asked_for - _CLOCK_SECONDS:
                yield f"ignored Retry-After: {before.retry_after}, and came again after {pause:.1f} s"
            if before.status in _POINTLESS:
                yield f"came again after a {before.status}, which no retry helps"
            if before.status is None and before.debit and after.debit:
                yield "paid twice for one call: the retry had another Idempotency-Key, or none"
        last = call[-1]
        if passed and last.fault and last.status == 200 and last.response.is_stream:
            yield "took a stream that was cut short for a whole one"


def _calls(requests: Sequence[LoggedRequest], usual: Counter[str]) -> list[list[LoggedRequest]]:
    """The requests, those together of which each repeats the one before because that has failed.

    What repeats a request has its idempotency key, or asks for the same, unless the test does that `usual`ly too.
    """
    calls: list[list[LoggedRequest]] = []
    for request in requests:
        for call in calls:
            last = call[-1]
            has_same_key = request.idempotency_key is not None and request.idempotency_key == last.idempotency_key
            asks_the_same = _content(request) == _content(last) and usual[_content(request)] < 2
            if last.fault and _answered_at(last) <= request.at and (has_same_key or asks_the_same):
                call.append(request)
                break
        else:
            calls.append([request])
    return calls


def _content(request: LoggedRequest) -> str:
    return f"{request.method} {request.target}\n{request.request.text}"


def _answered_at(request: LoggedRequest) -> float:
    """By the platform's clock."""
    return request.at + (request.first_byte_milliseconds or 0.0) / 1000


def _seconds(retry_after: str | None) -> float:
    try:
        return float(retry_after or 0)
    except ValueError:
        # A date, by whatever clock the test has chosen for it.
        return 0.0


def _is_the_platforms(error: BaseException | None) -> bool:
    """Whether it is an error of openai's or ours, or was made of one."""
    group: Sequence[Any] = getattr(error, "exceptions", ())
    if group:
        return all(map(_is_the_platforms, group))
    while isinstance(error, Exception) and not isinstance(error, AssertionError):
        if isinstance(error, openai.OpenAIError):
            return True
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return False


def _kind(error: BaseException | None) -> str:
    group: Sequence[Any] = getattr(error, "exceptions", ())
    return ", ".join(dict.fromkeys(map(_kind, group))) if group else type(error).__name__


def _named(error: BaseException | None) -> str:
    first_line = str(error).partition("\n")[0]
    return f"{_kind(error)}: {first_line}" if first_line else _kind(error)


def summary(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """Lines for the end of a test run."""
    by_test: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        by_test.setdefault(verdict.test, []).append(verdict)
    for test, told in sorted(by_test.items()):
        met = [verdict for verdict in told if verdict.outcome != "never met"]
        good = [verdict for verdict in met if verdict.outcome != "does not"]
        yield f"{test} survives {len(good)} of {len(met)} faults"
        yield from _lines(told, "survives", ", ")
        yield from _lines(told, "gives up", ", ")
        yield from _lines(told, "does not", "\n")
        yield from _lines(told, "never met", ", ")


def _lines(verdicts: Iterable[Verdict], outcome: Outcome, separator: str) -> Iterator[str]:
    found = [f"{v.trial}: {v.words}" if v.words else v.trial for v in verdicts if v.outcome == outcome]
    for place, line in enumerate(separator.join(found).splitlines()):
        yield f"  {outcome if not place else '':<10} {line}"
