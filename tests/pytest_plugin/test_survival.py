"""`@pytest.mark.pareta_faults`: a test under each fault, and what that shows of its code."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Suite = Callable[..., pytest.RunResult]

CODE = """
import openai
import pareta_openai
import pytest
from pareta_openai.local import ArmedFault, faults

MESSAGES = [{"role": "user", "content": "Invoice 2041, Hansen Tools, 54.00 EUR"}]

def ask(client):
    answer = client.chat.completions.create(model="ep_invoice_kie", messages=MESSAGES)
    return answer.choices[0].message.content

def stream(client):
    chunks = client.chat.completions.create(model="ep_invoice_kie", messages=MESSAGES, stream=True)
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
"""


@pytest.fixture
def run(suite: Suite) -> Suite:
    """Runs a module of tests that has `CODE` before them."""
    return lambda tests, *arguments, **how: suite(*arguments, test_it=CODE + tests, **how)


def summary(result: pytest.RunResult) -> list[str]:
    """What the run says of faults at its end."""
    lines = result.stdout.lines
    [start] = [place for place, line in enumerate(lines) if "what survives Pareta's faults" in line]
    end = next(place for place, line in enumerate(lines[start + 1 :], start + 1) if line.startswith("="))
    return [line for line in lines[start + 1 : end] if line]


def test_a_test_runs_once_under_each_fault_and_once_without(suite: Suite) -> None:
    result = suite(
        "--collect-only",
        "-q",
        test_it="import pytest\n@pytest.mark.pareta_faults\ndef test_it(pareta_client): pass",
    )
    assert [line for line in result.stdout.lines if "::" in line] == [
        f"test_it.py::test_it[{name}]"
        for name in (
            "no-fault",
            "rate-limited",
            "rate-limited-for-ever",
            "server-error",
            "down",
            "cold-endpoint",
            "skewed-clock",
            "out-of-credit",
            "proxy-page",
            "proxy-page-200",
            "dropped",
            "answer-lost",
            "cut-off",
            "cut-short",
            "error-in-stream",
        )
    ]


@pytest.mark.parametrize("arguments", [(), ("-n", "2")], ids=["in one process", "under xdist"])
def test_the_summary_says_what_survives(run: Suite, arguments: tuple[str, ...]) -> None:
    result = run(
        """
@pytest.mark.pareta_faults
@pytest.mark.parametrize("how", [ask, stream])
def test_it(pareta_client, how):
    assert "Hansen" in how(pareta_client)
""",
        *arguments,
        apart=bool(arguments),
    )
    result.assert_outcomes(passed=28, skipped=2)
    survives = "rate-limited, server-error, cold-endpoint, skewed-clock, proxy-page, dropped, answer-lost"
    gives_up = (
        "rate-limited-for-ever: RateLimitError, down: EndpointNotReadyError, out-of-credit: InsufficientCreditsError,"
        " proxy-page-200: APIResponseValidationError"
    )
    assert [sorted(line.replace(",", "").split()) for line in summary(result)] == [
        sorted(line.replace(",", "").split())
        for line in (
            "test_it.py::test_it[ask] survives 12 of 12 faults",
            f"survives {survives}",
            f"gives up {gives_up}, cut-short: APIResponseValidationError",
            "never met cut-off, error-in-stream",
            "test_it.py::test_it[stream] survives 14 of 14 faults",
            f"survives {survives}",
            f"gives up {gives_up}, cut-off: APIConnectionError, cut-short: IncompleteStreamError,"
            " error-in-stream: InternalServerError",
        )
    ]


def test_plain_openai_takes_a_truncated_stream_for_a_whole_one_and_pays_twice(run: Suite) -> None:
    result = run(
        """
@pytest.mark.pareta_faults
def test_it(pareta_env):
    with openai.OpenAI() as client:
        assert isinstance(stream(client), str)
"""
    )
    lines = summary(result)
    assert "  does not   answer-lost: paid twice for one call: the retry had another Idempotency-Key, or none" in lines
    assert "             cut-short: took a stream that was cut short for a whole one" in lines
    result.stdout.fnmatch_lines(
        [
            "Under cut-short, which is end_without_done(after_events=2) or truncated_json(), this code took a stream"
            " that was cut short for a whole one."
        ]
    )


def test_code_that_swallows_the_error_takes_it_for_whole_too(run: Suite) -> None:
    result = run(
        """
def lax(client):
    text = ""
    try:
        for chunk in client.chat.completions.create(model="ep_invoice_kie", messages=MESSAGES, stream=True):
            text += chunk.choices[0].delta.content or ""
    except pareta_openai.APIConnectionError:
        pass
    return text

def careful(client):
    try:
        return stream(client)
    except pareta_openai.APIConnectionError:
        return stream(client)

@pytest.mark.pareta_faults("cut-off", "cut-short")
@pytest.mark.parametrize("how", [careful, lax])
def test_it(pareta_client, how):
    assert how(pareta_client)
"""
    )
    assert summary(result) == [
        "test_it.py::test_it[careful] survives 2 of 2 faults",
        "  survives   cut-off, cut-short",
        "test_it.py::test_it[lax] survives 0 of 2 faults",
        "  does not   cut-off: took a stream that was cut short for a whole one",
        "             cut-short: took a stream that was cut short for a whole one",
    ]


def test_a_retry_storm_is_seen_and_comes_to_an_end(run: Suite) -> None:
    result = run(
        """
def stubborn(client):
    while True:
        try:
            return ask(client)
        except openai.InternalServerError:
            pass

@pytest.mark.pareta_faults("down")
def test_it(pareta_client):
    stubborn(pareta_client)
"""
    )
    assert summary(result) == [
        "test_it.py::test_it survives 0 of 1 faults",
        "  does not   down: made a retry storm: 31 requests for one call",
    ]
    result.assert_outcomes(passed=1, failed=1)


def test_many_calls_at_once_are_no_storm(run: Suite) -> None:
    result = run(
        """
from concurrent.futures import ThreadPoolExecutor

@pytest.mark.pareta_faults("rate-limited-for-ever")
def test_it(pareta_client):
    with ThreadPoolExecutor(12) as threads:
        asked = [threads.submit(ask, pareta_client.with_options(max_retries=1)) for _ in range(12)]
    for one in asked:
        one.result()
"""
    )
    assert summary(result) == [
        "test_it.py::test_it survives 1 of 1 faults",
        "  gives up   rate-limited-for-ever: RateLimitError",
    ]


def test_an_ignored_retry_after_is_seen(run: Suite) -> None:
    result = run(
        """
def hasty(client):
    for _ in range(3):
        try:
            return ask(client.with_options(max_retries=0))
        except openai.APIStatusError:
            pass

@pytest.mark.pareta_faults("rate-limited", "cold-endpoint", "server-error")
def test_it(pareta_client):
    assert hasty(pareta_client)
"""
    )
    first, *rest = summary(result)
    assert first == "test_it.py::test_it survives 1 of 3 faults"
    assert rest[0] == "  survives   server-error"
    assert rest[1].startswith("  does not   rate-limited: ignored Retry-After: 2, and came again after 0.")
    assert rest[2].startswith("             cold-endpoint: ignored Retry-After: 2, and came again after 0.")


def test_retries_of_what_no_retry_helps_are_seen(run: Suite) -> None:
    result = run(
        """
def desperate(pareta_client):
    for attempt in range(3):
        try:
            return ask(pareta_client)
        except openai.APIStatusError:
            if attempt == 2:
                raise

@pytest.mark.pareta_faults("out-of-credit")
def test_it(pareta_client):
    desperate(pareta_client)
"""
    )
    assert summary(result)[1] == "  does not   out-of-credit: came again after a 402, which no retry helps"
    result.assert_outcomes(passed=1, failed=1)


def test_code_that_gives_up_where_a_retry_would_have_helped_does_not_survive(run: Suite) -> None:
    result = run(
        """
@pytest.mark.pareta_faults("server-error", "down")
def test_it(pareta_client):
    ask(pareta_client.with_options(max_retries=0))
"""
    )
    assert summary(result) == [
        "test_it.py::test_it survives 1 of 2 faults",
        "  gives up   down: EndpointNotReadyError",
        "  does not   server-error: InternalServerError, where one more try would have been answered",
    ]
    result.stdout.fnmatch_lines(["*InternalServerError*", "Under server-error, which is status(code=500): *"])
    result.assert_outcomes(passed=2, failed=1)


def test_an_error_of_ones_own_that_was_made_of_the_platforms_is_a_way_to_give_up(run: Suite) -> None:
    result = run(
        """
class Unavailable(Exception):
    pass

def wrapped(client):
    try:
        ask(client)
    except openai.OpenAIError as error:
        raise Unavailable from error

def hidden(client):
    try:
        ask(client)
    except openai.OpenAIError:
        raise Unavailable from None

def wrong(client):
    try:
        ask(client)
    except openai.OpenAIError:
        assert not "an error"

@pytest.mark.pareta_faults("out-of-credit")
@pytest.mark.parametrize("how", [wrapped, hidden, wrong])
def test_it(pareta_client, how):
    how(pareta_client)
"""
    )
    assert summary(result) == [
        "test_it.py::test_it[hidden] survives 0 of 1 faults",
        "  does not   out-of-credit: Unavailable",
        "test_it.py::test_it[wrapped] survives 1 of 1 faults",
        "  gives up   out-of-credit: Unavailable",
        "test_it.py::test_it[wrong] survives 0 of 1 faults",
        "  does not   out-of-credit: AssertionError: assert not 'an error'",
    ]


def test_only_what_the_test_itself_asks_meets_the_fault(run: Suite) -> None:
    result = run(
        """
@pytest.fixture
def endpoint(pareta_client):
    return pareta_client.with_options(max_retries=0).endpoints.deploy(task="news-summaries", wait=True).id

@pytest.mark.pareta_faults("server-error")
def test_it(pareta, pareta_client, endpoint):
    pareta_client.chat.completions.create(model=endpoint, messages=MESSAGES)
    assert [request.fault for request in pareta.requests][1:] in ([None], ["status(code=500)", None])
"""
    )
    result.assert_outcomes(passed=2)
    assert summary(result)[1] == "  survives   server-error"


def test_one_operation_can_be_named(run: Suite) -> None:
    result = run(
        """
@pytest.mark.pareta_faults(on="listModels")
def test_it(pareta_client):
    ask(pareta_client)
    pareta_client.models.list()

@pytest.mark.pareta_faults("server-error", on="deleteEndpoint")
def test_other(pareta_client):
    ask(pareta_client)

@pytest.mark.pareta_faults("cut-short", on="deployEndpoint")
def test_deploy(pareta_client):
    pareta_client.endpoints.deploy(task="news-summaries", wait=True)
"""
    )
    lines = summary(result)
    assert "test_it.py::test_deploy survives 1 of 1 faults" in lines
    assert "  never met  server-error" in lines
    assert "test_it.py::test_other survives 0 of 0 faults" in lines
    assert "test_it.py::test_it survives 12 of 12 faults" in lines
    assert "stream" not in " ".join(lines)


def test_faults_of_ones_own_and_all_but_some(run: Suite) -> None:
    result = run(
        """
@pytest.mark.pareta_faults(
    faults.status(418), ArmedFault(faults.html(503), on="createChatCompletion", times=2), "dropped"
)
def test_own(pareta_client):
    ask(pareta_client)

@pytest.mark.pareta_faults(without=["rate-limited", "rate-limited-for-ever", "cut-off", "error-in-stream"])
def test_most(pareta_client):
    ask(pareta_client)
""",
        "-v",
    )
    result.assert_outcomes(passed=4 + 11)
    result.stdout.fnmatch_lines(["*test_own[[]status(code=418)] PASSED*", "*test_own[[]html(code=503)] PASSED*"])
    assert "  gives up   status(code=418): APIStatusError" in summary(result)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("'rate-limit'", "No trial 'rate-limit'. Did you mean 'rate-limited'? There are rate-limited, *"),
        ("without='dropped'", "without is a list of trials, such as ['dropped']."),
        ("without=['droped']", "No trial 'droped'. Did you mean 'dropped'? *"),
        ("500", "500 is no fault: make one with pareta_openai.local.faults."),
        ("on='createChat'", "No operation 'createChat' in the contract. Did you mean *"),
        ("'cut-off', on='listModels'", "*listModels is never answered with one."),
        ("only='dropped'", "*unexpected keyword argument 'only'"),
    ],
)
def test_a_mark_that_makes_no_sense_says_so(suite: Suite, arguments: str, words: str) -> None:
    result = suite(
        test_it=f"""
            import pytest

            @pytest.mark.pareta_faults({arguments})
            def test_it():
                pass
        """
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"@pytest.mark.pareta_faults of test_it: {words}".replace("[", "[[]")])


def test_a_test_that_fails_or_is_skipped_by_itself_shows_nothing(run: Suite) -> None:
    result = run(
        """
@pytest.mark.pareta_faults("dropped")
def test_fails(pareta_client):
    assert "its own" == "reason"

@pytest.mark.pareta_faults("dropped")
def test_skips(pareta_client):
    pytest.skip("for its own reason")
"""
    )
    result.assert_outcomes(failed=2, skipped=2)
    assert summary(result) == [
        "test_it.py::test_fails survives 0 of 1 faults",
        "  does not   dropped: fails without meeting it: AssertionError: assert 'its own' == 'reason'",
    ]


def test_async_code_is_judged_alike(run: Suite) -> None:
    result = run(
        """
import anyio

@pytest.mark.anyio
@pytest.mark.pareta_faults("rate-limited", "down", "cut-short")
async def test_it(async_pareta_client):
    async def ask():
        await async_pareta_client.chat.completions.create(model="ep_invoice_kie", messages=MESSAGES)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask)
"""
    )
    result.assert_outcomes(passed=8)
    assert summary(result) == [
        line
        for backend in ("asyncio", "trio")
        for line in (
            f"test_it.py::test_it[{backend}] survives 3 of 3 faults",
            "  survives   rate-limited",
            "  gives up   down: EndpointNotReadyError, cut-short: APIResponseValidationError",
        )
    ]


def test_without_the_mark_there_is_no_summary(suite: Suite) -> None:
    result = suite(test_it="def test_it(pareta): pass")
    result.stdout.no_fnmatch_line("*survives*")


def test_a_request_that_the_client_gave_up_was_met_too(run: Suite) -> None:
    result = run(
        """
@pytest.mark.pareta_faults(faults.stall())
def test_it(pareta_client):
    ask(pareta_client.with_options(timeout=0.5, max_retries=0))
"""
    )
    assert summary(result)[1] == "  gives up   stall(): APITimeoutError"
