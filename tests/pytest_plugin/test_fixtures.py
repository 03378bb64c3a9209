"""The fixtures and `@pytest.mark.pareta`, in users' suites."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import pytest

Suite = Callable[..., pytest.RunResult]

ASK = """
import openai
import pareta_openai
import pytest
from pareta_openai.local import ArmedFault, faults

MESSAGES = [{"role": "user", "content": "Invoice 2041, 54.00 EUR"}]

def ask(client, model="ep_invoice_kie"):
    return client.chat.completions.create(model=model, messages=MESSAGES).choices[0].message.content
"""


def test_an_installed_plugin_imports_nothing_heavy(suite: Suite) -> None:
    result = suite(
        apart=True,
        test_light="""
            import sys

            def test_light(request):
                assert request.config.pluginmanager.has_plugin("pareta_openai")
                heavy = {"openai", "fastapi", "pydantic", "uvicorn", "pareta_openai.local", "pareta_openai.testing"}
                assert heavy & set(sys.modules) == set()
        """,
    )
    result.assert_outcomes(passed=1)


def test_it_can_be_switched_off(suite: Suite) -> None:
    result = suite("-p", "no:pareta_openai", apart=True, test_it="def test_it(pareta): pass")
    result.stdout.fnmatch_lines(["*fixture 'pareta' not found*"])


def test_every_fixture_has_pareta_in_its_name(suite: Suite) -> None:
    """So that it is none of pytest-httpx's, pytest-httpx2's or httpx2-pytest's."""
    listed = suite("--fixtures", "-v").stdout.str()
    ours = re.findall(r"^(\w+) -- .*pytest_plugin\.py:\d+$", listed, flags=re.MULTILINE)
    ours = [name for name in ours if "pareta" in name or name.startswith("httpx")]
    assert sorted(ours) == ["async_pareta_client", "pareta", "pareta_client", "pareta_env"]


def test_fixtures_and_marks_explain_themselves(suite: Suite) -> None:
    suite("--fixtures").stdout.fnmatch_lines(
        [
            "pareta -- *",
            "    A local Pareta platform, as if it were new: *",
            "pareta_client -- *",
            "    A `pareta_openai.OpenAI` for the local platform. *",
            "async_pareta_client -- *",
            "    A `pareta_openai.AsyncOpenAI` for the local platform, *",
            "pareta_env -- *",
            "    `pareta`, with an environment that brings clients there *",
        ]
    )
    suite("--markers").stdout.fnmatch_lines(
        ["@pytest.mark.pareta(balance=*, endpoints=*, faults=*): *", "@pytest.mark.pareta_faults(*which, *): *"]
    )


def test_each_test_has_a_fresh_platform_at_one_address(suite: Suite) -> None:
    result = suite(
        test_it=ASK
        + """
seen = []

@pytest.mark.parametrize("turn", range(3))
def test_it(pareta, pareta_client, turn):
    seen.append((pareta.base_url, pareta.api_key))
    assert len(set(seen)) == 1
    assert (pareta.balance_micro_usd, pareta.ledger(), pareta.requests) == (5_000_000, [], [])
    assert pareta.endpoints == ["ep_contract_kie", "ep_invoice_kie"]
    assert (pareta.clock.ahead, pareta.faults) == (0, [])
    assert "No model is behind this answer" in ask(pareta_client)
    [debit] = pareta.ledger()
    [request] = pareta.requests
    assert request.operation == "createChatCompletion"
    assert pareta.balance_micro_usd == 5_000_000 - debit.micro_usd
    pareta.platform.create_organisation()
    pareta.clock.advance(days=1)
    pareta.add_fault(faults.status(500))
    pareta_client.endpoints.stop("ep_contract_kie")
"""
    )
    result.assert_outcomes(passed=3)


def test_code_that_builds_its_own_client_lands_here(suite: Suite) -> None:
    result = suite(
        test_it=ASK
        + """
import os

@pytest.mark.parametrize("client", [pareta_openai.OpenAI, openai.OpenAI])
def test_it(pareta_env, client):
    with client() as built:
        ask(built)
    assert len(pareta_env.ledger()) == 1

def test_and_the_environment_is_as_it_was():
    assert not [name for name in os.environ if name.startswith(("PARETA_", "OPENAI_"))]
"""
    )
    result.assert_outcomes(passed=3)


def test_a_proxy_of_the_developers_is_not_asked(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    result = suite(
        test_it=ASK
        + """
import os

@pytest.mark.anyio
async def test_it(pareta_client, async_pareta_client, anyio_backend):
    ask(pareta_client)
    await async_pareta_client.models.list()

def test_and_then_it_is():
    assert "127.0.0.1" not in os.environ.get("NO_PROXY", "")
"""
    )
    result.assert_outcomes(passed=3)


def test_the_mark_sets_the_balance(suite: Suite) -> None:
    result = suite(
        test_it=ASK
        + """
@pytest.mark.pareta(balance=0)
class TestPoor:
    def test_it(self, pareta_client):
        with pytest.raises(pareta_openai.InsufficientCreditsError):
            ask(pareta_client)

    @pytest.mark.pareta(balance=9_000_000)
    def test_the_nearest_counts(self, pareta):
        assert pareta.balance_micro_usd == 9_000_000
"""
    )
    result.assert_outcomes(passed=2)


def test_the_mark_sets_the_endpoints(suite: Suite) -> None:
    result = suite(
        test_it=ASK
        + """
@pytest.mark.pareta(endpoints=["news-summaries", "news-summaries"])
def test_tasks(pareta):
    assert pareta.endpoints == ["ep_news_summaries_1", "ep_news_summaries_2"]

@pytest.mark.pareta(endpoints={"gpt-4o-mini": "news-summaries"})
def test_names(pareta_env):
    with openai.OpenAI() as client:
        ask(client, "gpt-4o-mini")

@pytest.mark.pareta(endpoints=())
def test_none(pareta_client):
    assert pareta_client.endpoints.list() == []
"""
    )
    result.assert_outcomes(passed=3)


def test_the_mark_arms_faults(suite: Suite) -> None:
    result = suite(
        test_it=ASK
        + """
@pytest.mark.pareta(faults=faults.status(400))
def test_one(pareta_client):
    with pytest.raises(pareta_openai.BadRequestError):
        ask(pareta_client)
    ask(pareta_client)

@pytest.mark.pareta(faults=[ArmedFault(faults.status(400), on="createChatCompletion", times=2), faults.status(403)])
def test_several(pareta_client):
    with pytest.raises(pareta_openai.PermissionDeniedError):
        pareta_client.models.list()
    for _ in range(2):
        with pytest.raises(pareta_openai.BadRequestError):
            ask(pareta_client)
    ask(pareta_client)
"""
    )
    result.assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        ("balence=0", "no argument 'balence'. Did you mean balance? It takes balance, endpoints, faults."),
        ("0", "its arguments have names: balance, endpoints, faults."),
        ("balance='much'", "balance is 'much': give micro-USD, such as 5_000_000 for $5."),
        ("balance=-1", "A balance lies between 0 and *"),
        ("endpoints='news-summaries'", "endpoints is 'news-summaries': give a list of tasks, *"),
        ("endpoints=['news']", "No task 'news'*"),
        ("faults=['500']", "'500' is no fault: make one with pareta_openai.local.faults."),
    ],
)
def test_a_mark_that_makes_no_sense_says_so(suite: Suite, mark: str, words: str) -> None:
    result = suite(
        test_it=f"""
            import pytest

            @pytest.mark.pareta({mark})
            def test_it():
                pass
        """
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"@pytest.mark.pareta: {words}".replace("[", "[[]")])
    result.stdout.no_fnmatch_line("*During handling*")


def test_a_mark_brings_the_platform_by_itself(suite: Suite) -> None:
    result = suite(
        test_it=ASK
        + """
@pytest.mark.pareta(balance=7)
def test_it(request):
    assert request.getfixturevalue("pareta").balance_micro_usd == 7
    assert "pareta" in request.fixturenames
"""
    )
    result.assert_outcomes(passed=1)


def test_nothing_sleeps_for_the_platform(suite: Suite) -> None:
    """Not for a rate window, a cold start or a wait for an endpoint: whoever does so in earnest fails."""
    result = suite(
        conftest="""
import anyio, time, pytest

@pytest.fixture(autouse=True)
def no_sleep(monkeypatch):
    real = time.sleep, anyio.sleep
    def sleep(seconds):
        assert seconds < 0.1
        real[0](seconds)
    async def sleep_async(seconds):
        assert seconds < 0.1
        await real[1](seconds)
    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr(anyio, "sleep", sleep_async)
""",
        test_it=ASK
        + """
@pytest.mark.pareta(faults=faults.status(429, retry_after=60))
@pytest.mark.parametrize("client", [pareta_openai.OpenAI, openai.OpenAI])
def test_a_rate_window(pareta_env, client):
    with client() as built:
        ask(built)
    assert pareta_env.clock.ahead == 60

@pytest.mark.anyio
@pytest.mark.pareta(faults=faults.status(429, retry_after=60))
async def test_a_rate_window_async(pareta, async_pareta_client):
    await async_pareta_client.chat.completions.create(model="ep_invoice_kie", messages=MESSAGES)
    assert pareta.clock.ahead == 60

def test_a_cold_start(pareta, pareta_client):
    endpoint = pareta.deploy("news-summaries", deploy_seconds=50)
    with pytest.raises(pareta_openai.EndpointNotReadyError):
        ask(pareta_client.with_options(max_retries=0), endpoint)
    ask(pareta_client, endpoint)
    assert 40 < pareta.clock.ahead < 60

def test_a_wait(pareta, pareta_client):
    endpoint = pareta.deploy("news-summaries", deploy_seconds=120)
    assert pareta_client.endpoints.wait_until_live(endpoint).is_live
    assert pareta.clock.ahead > 110
""",
    )
    result.assert_outcomes(passed=6)


def test_replies_that_were_not_asked_for_fail_a_test_that_passed(suite: Suite) -> None:
    result = suite(
        test_it=ASK
        + """
def test_used(pareta, pareta_client):
    pareta.reply("Paris")
    assert ask(pareta_client) == "Paris"

def test_left(pareta):
    pareta.reply("Paris")

def test_failed_anyway(pareta):
    pareta.reply("Paris")
    assert "its own" == "reason"

def test_none_of_them_is_left_to_the_next(pareta, pareta_client):
    assert ask(pareta_client) != "Paris"
"""
    )
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(["_* test_left _*", "Not used: *Paris*", "_* test_failed_anyway _*", "E *'reason'*"])
    result.stdout.no_fnmatch_line("*test_failed_anyway*Not used*")


def test_a_suite_needs_the_extra_only_when_it_asks_for_the_platform(suite: Suite) -> None:
    result = suite(
        apart=True,
        conftest="import sys; sys.modules['fastapi'] = None",
        test_it="def test_without(): pass\ndef test_with(pareta): pass",
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*LocalExtraMissing: *pip install 'pareta-openai[[]local]'*"])


def test_the_platform_is_stopped_with_the_session(suite: Suite) -> None:
    before = set(threading.enumerate())
    suite(test_it="def test_it(pareta): pass").assert_outcomes(passed=1)
    assert set(threading.enumerate()) <= before
