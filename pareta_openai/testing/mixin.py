"""For `unittest.TestCase` and its kin, under any runner."""

from __future__ import annotations

import sys
import tempfile
import unittest
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .local_pareta import LocalPareta, fresh_platform, keep_state, set_environment

if TYPE_CHECKING:
    _TestCase = unittest.TestCase
else:
    _TestCase = object


class ParetaMixin(_TestCase):
    """Gives each test a fresh local platform as `self.pareta`, and brings clients there that the code builds itself.

    Stands before the test case: ``class InvoiceTest(ParetaMixin, unittest.TestCase)``. Scripted replies that were not
    asked for make a test fail. Of a failed test the platform's state is kept, and its path printed.
    """

    pareta: LocalPareta

    def run(self, result: Any = None) -> Any:
        with fresh_platform() as self.pareta, set_environment(self.pareta.environment):
            self.addCleanup(self.pareta.assert_replies_used)
            watched: Any = _Watched(self.defaultTestResult() if result is None else result)
            super().run(watched)
            if watched.has_failed:
                print(keep_state(self.pareta, self.id(), _new_folder), file=sys.stderr)
        return watched.result


class _Watched:
    """A result that remembers whether there was a failure."""

    def __init__(self, result: Any) -> None:
        self.result = result
        self.has_failed = False

    def __getattr__(self, name: str) -> Any:
        told = getattr(self.result, name)
        return partial(self._tell, told) if name in ("addError", "addFailure", "addSubTest") else told

    def _tell(self, told: Any, *arguments: Any) -> None:
        # A subtest that went well ends in None.
        self.has_failed = self.has_failed or arguments[-1] is not None
        told(*arguments)


def _new_folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="pareta-"))
