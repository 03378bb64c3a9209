"""The types in users' tests: never run, but checked by mypy and pyright, where a wrong one is an error."""

from __future__ import annotations

import unittest

from typing_extensions import assert_type

from pareta_openai.local import Clock, Debit, LocalPlatform, faults
from pareta_openai.testing import LocalPareta, ParetaMixin


def test_the_fixture(pareta: LocalPareta) -> None:
    assert_type(pareta.base_url, str)
    assert_type(pareta.api_key, str)
    assert_type(pareta.balance_micro_usd, int)
    assert_type(pareta.ledger(), list[Debit])
    assert_type(pareta.endpoints, list[str])
    assert_type(pareta.clock, Clock)
    assert_type(pareta.environment, dict[str, str])
    assert_type(pareta.platform, LocalPlatform)
    pareta.reply("54.00")
    pareta.add_fault(faults.status(429, retry_after=60), on="createChatCompletion", times=2)


class CaseTest(ParetaMixin, unittest.TestCase):
    def test_the_mixin(self) -> None:
        assert_type(self.pareta, LocalPareta)
        assert self.pareta.requests == []
