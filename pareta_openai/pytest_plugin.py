"""Fixtures and marks for tests of code that uses Pareta, on a local platform: ``docs/testing.md`` has them all.

Nothing but pytest is imported here: what a test asks for is imported for it.
"""

from __future__ import annotations

import dataclasses
import difflib
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pareta_openai import AsyncOpenAI, OpenAI
    from pareta_openai.testing.local_pareta import LocalPareta
    from pareta_openai.testing.survival import Trial, Verdict

_MARKS = ("pareta", "pareta_faults")
_TRIAL = "_pareta_trial"
_VERDICT = "pareta_faults"
"""In a report's properties, which travel from xdist's workers."""


@dataclasses.dataclass
class _Use:
    """What a test has of the platform."""

    pareta: LocalPareta
    folder: Callable[[], Path]
    verdict: Verdict | None = None
    is_kept: bool = False


_use = pytest.StashKey[_Use]()


@pytest.fixture
def pareta(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalPareta]:
    """A local Pareta platform, as if it were new: base_url, api_key, clock, add_fault, reply, ledger, …

    Its state when a test fails is kept in a file, whose path is printed.
    """
    from pareta_openai.local.errors import Refusal
    from pareta_openai.testing.local_pareta import fresh_platform

    with ExitStack() as stack:
        try:
            running = stack.enter_context(fresh_platform(**_start_of(request.node, fresh_platform)))
        except (TypeError, ValueError, Refusal) as error:
            raise pytest.fail.Exception(f"@pytest.mark.pareta: {error}", pytrace=False) from None
        request.node.stash[_use] = _Use(running, lambda: tmp_path_factory.mktemp("pareta"))
        yield running


@pytest.fixture
def pareta_client(pareta: LocalPareta) -> Iterator[OpenAI]:
    """A `pareta_openai.OpenAI` for the local platform. Its pauses move the platform's clock and take no time."""
    from pareta_openai import OpenAI

    with OpenAI(api_key=pareta.api_key, base_url=pareta.base_url) as client:
        yield client


@pytest.fixture
def async_pareta_client(pareta: LocalPareta) -> AsyncOpenAI:
    """A `pareta_openai.AsyncOpenAI` for the local platform, under asyncio and trio. It needs no closing."""
    import openai

    from pareta_openai import AsyncOpenAI

    # A fixture outlives its test's event loop, in which a connection that is kept would have to be closed.
    transport = openai.DefaultAsyncHttpxClient(headers={"Connection": "close"})
    return AsyncOpenAI(api_key=pareta.api_key, base_url=pareta.base_url, http_client=transport)


@pytest.fixture
def pareta_env(pareta: LocalPareta) -> Iterator[LocalPareta]:
    """`pareta`, with an environment that brings clients there which the code builds itself, openai's own too."""
    from pareta_openai.testing.local_pareta import set_environment

    with set_environment(pareta.environment):
        yield pareta


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "pareta(balance=…, endpoints=…, faults=…): what the local platform starts the test with: a balance in"
        " micro-USD, live endpoints (tasks, or names and their tasks), faults to meet.",
    )
    config.addinivalue_line(
        "markers",
        "pareta_faults(*which, without=…, on=…): run the test under each fault too, and tell which ones its code"
        " survives. Faults are named, or of pareta_openai.local.faults; `on` is the operation that is to meet them.",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marked = [name for name in _MARKS if metafunc.definition.get_closest_marker(name)]
    if marked and "pareta" not in metafunc.fixturenames:
        metafunc.fixturenames.insert(0, "pareta")
    if "pareta_faults" in marked:
        _repeat(metafunc, metafunc.definition.get_closest_marker("pareta_faults"))


def _repeat(metafunc: pytest.Metafunc, mark: Any) -> None:
    """Parametrizes a test with the trials that its mark asks for."""
    from pareta_openai.local.errors import NotAcceptable
    from pareta_openai.testing.survival import choose_trials

    try:
        trials = choose_trials(*mark.args, **mark.kwargs)
    except (TypeError, ValueError, NotAcceptable) as error:
        words = f"@pytest.mark.pareta_faults of {metafunc.definition.name}: {error}"
        raise pytest.fail.Exception(words, pytrace=False) from None
    metafunc.fixturenames.append(_TRIAL)
    metafunc.parametrize(_TRIAL, trials, ids=[trial.name for trial in trials])


def pytest_runtest_setup(item: pytest.Item) -> None:
    for name in _MARKS:
        if item.get_closest_marker(name) and "pareta" not in getattr(item, "fixturenames", ()):
            pytest.fail(
                f"@pytest.mark.{name} does nothing here: a unittest.TestCase also needs"
                " @pytest.mark.usefixtures('pareta_env').",
                pytrace=False,
            )
    if item.get_closest_marker("pareta_faults") and _trial_of(item) is None:
        pytest.fail("@pytest.mark.pareta_faults cannot repeat the method of a unittest.TestCase.", pytrace=False)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    use = item.stash.get(_use, None)
    if use is None:
        yield
        return
    trial = _trial_of(item)
    if trial is not None:
        # Not before: what other fixtures do is not what is tested.
        trial.arm(use.pareta)
    outcome: Any = yield
    error = outcome.excinfo[1] if outcome.excinfo else None
    # A test that was skipped or interrupted has shown nothing.
    if trial is not None and (error is None or isinstance(error, (Exception, pytest.fail.Exception))):
        _conclude(item, trial, use, outcome, error)
    if error is None and (trial is None or not trial.faults):
        try:
            use.pareta.assert_replies_used()
        except AssertionError as leftovers:
            outcome.force_exception(pytest.fail.Exception(str(leftovers), pytrace=False))


def _conclude(item: pytest.Item, trial: Trial, use: _Use, outcome: Any, error: BaseException | None) -> None:
    """Notes whether the code survived its trial, and lets the test pass or fail by that."""
    from pareta_openai.testing.survival import judge, note_usual

    # As the first parameter it stands first in the brackets.
    test = item.nodeid.replace(f"[{trial.name}-", "[").removesuffix(f"[{trial.name}]")
    if not trial.faults:
        note_usual(test, use.pareta)
        return
    use.verdict = verdict = judge(test, trial, use.pareta, error)
    item.user_properties.append((_VERDICT, dataclasses.astuple(verdict)))
    under = f"Under {trial.name}, which is {' or '.join(map(str, trial.faults))}"
    if verdict.outcome == "gives up":
        outcome.force_result(None)
    elif verdict.outcome == "does not" and error is None:
        outcome.force_exception(pytest.fail.Exception(f"{under}, this code {verdict.words}.", pytrace=False))
    elif verdict.outcome == "does not":
        item.add_report_section("call", "Pareta", f"{under}: {verdict.words}")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome: Any = yield
    report: pytest.TestReport = outcome.get_result()
    use = item.stash.get(_use, None)
    if use is None:
        return
    if report.when == "call" and use.verdict is not None and use.verdict.outcome == "never met":
        report.outcome = "skipped"
        report.longrepr = (str(item.path), (item.location[1] or 0) + 1, f"Skipped: {use.verdict.trial} was never met")
    if report.failed and not use.is_kept:
        from pareta_openai.testing.local_pareta import keep_state

        use.is_kept = True
        report.sections.append(("Pareta", keep_state(use.pareta, item.name, use.folder)))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    told = [
        verdict
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", None) == "call"
        for name, verdict in report.user_properties
        if name == _VERDICT
    ]
    if told:
        from pareta_openai.testing.survival import Verdict, summary

        terminalreporter.section("what survives Pareta's faults")
        for line in summary(Verdict(*verdict) for verdict in told):
            terminalreporter.line(line)


def pytest_unconfigure() -> None:
    started = sys.modules.get("pareta_openai.testing.local_pareta")
    if started is not None:
        started.stop_platform()


def _trial_of(item: pytest.Item) -> Trial | None:
    parameters: dict[str, Any] = getattr(getattr(item, "callspec", None), "params", {})
    return parameters.get(_TRIAL)


def _start_of(node: pytest.Item, start: Callable[..., Any]) -> dict[str, Any]:
    """The arguments of a test's marks, of which the nearest count. Raises `TypeError` for what `start` has not."""
    known = inspect.signature(start).parameters
    arguments: dict[str, Any] = {}
    for mark in node.iter_markers("pareta"):
        if mark.args:
            raise TypeError(f"its arguments have names: {', '.join(known)}.")
        for name, value in mark.kwargs.items():
            if name not in known:
                near = difflib.get_close_matches(name, known, 1, 0.0)[0]
                raise TypeError(f"no argument {name!r}. Did you mean {near}? It takes {', '.join(known)}.")
            arguments.setdefault(name, value)
    return arguments
