"""The page that says what is served and tested."""

from __future__ import annotations

from tests.contract.coverage import PAGE, page
from tests.contract.test_document import OPERATIONS


def test_the_page_in_the_docs_is_what_is_served_and_tested() -> None:
    """`python -m tests.contract.coverage` writes it anew."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_operation_has_a_row() -> None:
    assert page().count("\n| `") == len(OPERATIONS)
