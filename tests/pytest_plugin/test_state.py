"""The platform's state when a test fails: kept in a file, which is served again."""

from __future__ import annotations

import re
import shlex
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from pareta_openai.local import LocalPlatform

Suite = Callable[..., pytest.RunResult]

FAILS = """
import pytest

def spend(client):
    messages = [{"role": "user", "content": "hello"}]
    return client.chat.completions.create(model="ep_invoice_kie", messages=messages)
"""


def kept(result: pytest.RunResult) -> list[Path]:
    return [Path(path) for path in re.findall(r"state when the test failed: (.*)", result.stdout.str())]


def test_of_a_test_that_fails_it_is_kept_and_served_again(suite: Suite) -> None:
    result = suite(
        test_it=FAILS
        + """
def test_it(pareta, pareta_client):
    spend(pareta_client)
    pareta.clock.advance(days=1)
    assert pareta.balance_micro_usd == 5_000_000
""",
    )
    result.assert_outcomes(failed=1)
    [file] = kept(result)
    result.stdout.fnmatch_lines([f"Serve it again: pareta-openai local --state {shlex.quote(str(file))}"])
    with LocalPlatform(state=file) as platform:
        [debit] = platform.organisation.ledger()
        assert platform.organisation.balance_micro_usd == 5_000_000 - debit.micro_usd
        assert platform.clock.ahead == 86_400


def test_it_is_one_file(suite: Suite) -> None:
    [file] = kept(suite(test_it="def test_it(pareta): assert 0"))
    assert [path.name for path in file.parent.iterdir()] == ["test_it.sqlite"]
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_it_is_kept_of_every_way_to_fail_and_of_no_other_end(suite: Suite) -> None:
    result = suite(
        test_it=FAILS
        + """
@pytest.fixture
def broken_before(pareta):
    assert 0

@pytest.fixture
def broken_after(pareta):
    yield
    assert 0

def test_setup(broken_before): pass
def test_teardown(broken_after): pass
def test_both(broken_after): assert 0
def test_leftovers(pareta): pareta.reply("never asked for")

@pytest.mark.xfail
def test_expected(pareta): assert 0
def test_skipped(pareta): pytest.skip()
def test_passed(pareta): pass
def test_without(): assert 0
"""
    )
    result.assert_outcomes(errors=3, failed=3, passed=2, skipped=1, xfailed=1)
    assert sorted(file.stem for file in kept(result)) == ["test_both", "test_leftovers", "test_setup", "test_teardown"]


def test_tests_of_one_name_have_files_of_their_own(suite: Suite) -> None:
    result = suite(
        test_it="""
            import pytest

            class TestOne:
                @pytest.mark.parametrize("path", ["a/b", "a b"])
                def test_it(self, pareta, path): assert 0

            class TestOther:
                @pytest.mark.parametrize("path", ["a/b"])
                def test_it(self, pareta, path): assert 0
        """
    )
    files = kept(result)
    assert len(set(files)) == 3
    assert all(file.exists() for file in files)


def test_the_next_test_knows_nothing_of_it(suite: Suite) -> None:
    result = suite(
        test_it=FAILS
        + """
def test_it(pareta_client):
    spend(pareta_client)
    assert 0

def test_next(pareta):
    assert pareta.ledger() == []
"""
    )
    result.assert_outcomes(failed=1, passed=1)
