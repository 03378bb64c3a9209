"""The same platform under xdist, anyio, trio, unittest and Django's runner."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pareta_openai.local import LocalPlatform

Suite = Callable[..., pytest.RunResult]

CASE = """
import asyncio
import os
import unittest

import pareta_openai
from pareta_openai.testing import ParetaMixin

MESSAGES = [{"role": "user", "content": "hello"}]

def ask():
    with pareta_openai.OpenAI() as client:
        answer = client.chat.completions.create(model="ep_invoice_kie", messages=MESSAGES)
    return answer.choices[0].message.content
"""


@pytest.fixture
def run_python(pytester: pytest.Pytester) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs Python on the modules of this test, with every warning an error."""

    def run(*arguments: str, **modules: str) -> subprocess.CompletedProcess[str]:
        pytester.makepyfile(**modules)
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        command = [sys.executable, "-W", "error", *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)

    return run


def test_each_worker_of_xdist_has_a_platform_and_keeps_states_of_its_own(suite: Suite) -> None:
    result = suite(
        "-n",
        "2",
        "--dist",
        "each",
        "-rP",
        apart=True,
        test_it="""
            def test_one(pareta): print("at", pareta.base_url)
            def test_other(pareta):
                print("at", pareta.base_url)
                assert 0
        """,
    )
    result.assert_outcomes(passed=2, failed=2)
    files = re.findall(r"state when the test failed: (.*)", result.stdout.str())
    assert len(set(files)) == 2
    assert all(Path(file).exists() for file in files)
    addresses = re.findall(r"^at (http://127\.0\.0\.1:\d+)$", result.stdout.str(), flags=re.MULTILINE)
    assert len(addresses) == 4
    assert len(set(addresses)) == 2


def test_async_clients_work_under_asyncio_and_trio_and_leave_nothing_behind(suite: Suite) -> None:
    result = suite(
        test_it="""
            import gc
            import pytest

            MESSAGES = [{"role": "user", "content": "hello"}]

            @pytest.mark.anyio
            @pytest.mark.parametrize("turn", range(3))
            async def test_it(pareta, async_pareta_client, anyio_backend, turn):
                gc.collect()
                await async_pareta_client.chat.completions.create(model="ep_invoice_kie", messages=MESSAGES)
                await async_pareta_client.models.list()
                assert len(pareta.ledger()) == 1

            def test_afterwards():
                gc.collect()
        """
    )
    result.assert_outcomes(passed=7)


def test_a_forked_process_has_a_platform_of_its_own(suite: Suite) -> None:
    result = suite(
        apart=True,
        test_it="""
            import multiprocessing
            import pareta_openai
            import pytest
            from pareta_openai.testing.local_pareta import fresh_platform

            def child(queue):
                with fresh_platform() as own:
                    with pareta_openai.OpenAI(api_key=own.api_key, base_url=own.base_url) as client:
                        client.chat.completions.create(model="auto", messages=[{"role": "user", "content": "hi"}])
                    queue.put((own.base_url, len(own.ledger())))

            @pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
            def test_it(pareta):
                context = multiprocessing.get_context("fork")
                queue = context.SimpleQueue()
                process = context.Process(target=child, args=(queue,))
                process.start()
                address, calls = queue.get()
                process.join()
                process.close()
                queue.close()
                assert address != pareta.base_url
                assert (calls, pareta.ledger()) == (1, [])
        """,
    )
    result.assert_outcomes(passed=1)


def test_a_unittest_case_uses_the_fixtures(suite: Suite) -> None:
    result = suite(
        test_it="""
            import unittest
            import pareta_openai
            import pytest

            @pytest.mark.usefixtures("pareta_env")
            class InvoiceTest(unittest.TestCase):
                def ask(self):
                    with pareta_openai.OpenAI() as client:
                        client.chat.completions.create(
                            model="ep_invoice_kie", messages=[{"role": "user", "content": "hello"}]
                        )

                def test_it(self):
                    self.ask()

                @pytest.mark.pareta(balance=0)
                def test_poor(self):
                    self.ask()
        """
    )
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*InsufficientCreditsError*", "The platform's state when the test failed: *"])


def test_marks_that_a_unittest_case_cannot_have_say_so(suite: Suite) -> None:
    result = suite(
        test_it="""
            import unittest
            import pytest

            class Plain(unittest.TestCase):
                @pytest.mark.pareta(balance=0)
                def test_without(self): pass

                @pytest.mark.usefixtures("pareta")
                @pytest.mark.pareta_faults
                def test_repeated(self): pass
        """
    )
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(
        [
            "@pytest.mark.pareta_faults cannot repeat the method of a unittest.TestCase.",
            "@pytest.mark.pareta does nothing here: a unittest.TestCase also needs @pytest.mark.usefixtures(*",
        ]
    )


MIXIN = (
    CASE
    + """
class InvoiceTest(ParetaMixin, unittest.TestCase):
    def setUp(self):
        self.pareta.set_balance(1_000)

    def test_first(self):
        self.pareta.reply("54.00")
        self.assertEqual(ask(), "54.00")
        self.assertEqual(len(self.pareta.ledger()), 1)

    def test_fresh(self):
        self.assertEqual((self.pareta.ledger(), self.pareta.balance_micro_usd), ([], 1_000))

    def test_retry(self):
        from pareta_openai.local import faults
        self.pareta.add_fault(faults.status(429, retry_after=60))
        ask()
        self.assertEqual(self.pareta.clock.ahead, 60)

    def test_subtests(self):
        for name in ("one", "other"):
            with self.subTest(name):
                ask()

    @unittest.skip("for its own reason")
    def test_skipped(self):
        pass

    @unittest.expectedFailure
    def test_expected(self):
        self.fail()

class AsyncTest(ParetaMixin, unittest.IsolatedAsyncioTestCase):
    async def test_async(self):
        async with pareta_openai.AsyncOpenAI() as client:
            await client.chat.completions.create(model="ep_invoice_kie", messages=MESSAGES)
        self.assertEqual(len(self.pareta.ledger()), 1)

class Afterwards(unittest.TestCase):
    def test_the_environment_is_as_it_was(self):
        self.assertFalse([name for name in os.environ if name.startswith("PARETA_")])
"""
)


def test_the_mixin_works_under_unittest(run_python: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    result = run_python("-m", "unittest", "-v", "test_it", test_it=MIXIN)
    assert (result.returncode, result.stderr.splitlines()[-1]) == (0, "OK (skipped=1, expected failures=1)")
    assert "state" not in result.stderr


def test_the_mixin_works_under_pytest(suite: Suite) -> None:
    suite(test_it=MIXIN).assert_outcomes(passed=6, skipped=1, xfailed=1)


FAILING = (
    CASE
    + """
class InvoiceTest(ParetaMixin, unittest.TestCase):
    def test_fails(self):
        ask()
        self.fail()

    def test_errs(self):
        ask()
        raise RuntimeError

    def test_subtest(self):
        ask()
        with self.subTest():
            self.fail()

    def test_leftovers(self):
        ask()
        self.pareta.reply("never asked for")
"""
)


def test_the_mixin_keeps_the_state_of_tests_that_fail(
    run_python: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    result = run_python("-m", "unittest", "test_it", test_it=FAILING)
    assert result.stderr.splitlines()[-1] == "FAILED (failures=3, errors=1)"
    files = [Path(path) for path in re.findall(r"state when the test failed: (.*)", result.stderr)]
    assert len(set(files)) == 4
    for file in files:
        with LocalPlatform(state=file) as platform:
            assert len(platform.organisation.ledger()) == 1
        file.unlink()
        file.parent.rmdir()


@pytest.mark.parametrize("arguments", [(), ("--parallel", "2")], ids=["in one process", "in parallel"])
def test_the_mixin_works_under_djangos_runner(
    run_python: Callable[..., subprocess.CompletedProcess[str]], arguments: tuple[str, ...]
) -> None:
    case = (
        CASE
        + """
import django.test

class NAME(ParetaMixin, django.test.SimpleTestCase):
    def test_first(self):
        self.pareta.reply("54.00")
        self.assertEqual(ask(), "54.00")

    def test_fresh(self):
        self.assertEqual(self.pareta.ledger(), [])

    def test_view(self):
        self.assertContains(self.client.get("/"), "No model is behind this answer")
"""
    )
    result = run_python(
        "-m",
        "django",
        "test",
        "--settings",
        "project_settings",
        *arguments,
        project_settings="SECRET_KEY = 'x'\nUSE_TZ = True\nROOT_URLCONF = 'urls'\nALLOWED_HOSTS = ['*']",
        urls="""
from django.http import HttpResponse
from django.urls import path
from test_one import ask

urlpatterns = [path("", lambda request: HttpResponse(ask()))]
""",
        test_one=case.replace("NAME", "OneTest"),
        test_other=case.replace("NAME", "OtherTest"),
    )
    assert (result.returncode, "Ran 6 tests" in result.stderr) == (0, True), result.stderr
