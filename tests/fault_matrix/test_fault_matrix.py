"""Each fault on each path, sync and async, gives what the matrix says."""

from __future__ import annotations

from typing import Any

import pytest

from pareta_openai.local import LocalPlatform, Organisation
from tests.fault_matrix.cells import CELLS, FAULTS, PATHS, TASK, outcome, prepare
from tests.fault_matrix.expected import BY_FAULT, BY_PATH, expected
from tests.fault_matrix.page import PAGE, ours

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def organisation(platform: LocalPlatform) -> Organisation:
    return platform.create_organisation(balance_micro_usd=10**9, endpoints=(TASK,))


_prepared: dict[str, dict[str, str]] = {}


@pytest.fixture
async def ids(client: Any, organisation: Organisation) -> dict[str, str]:
    if organisation.id not in _prepared:
        _prepared[organisation.id] = await prepare(client, organisation)
    return _prepared[organisation.id]


@pytest.mark.parametrize(("fault", "path"), CELLS, ids=[f"{path}-{fault}" for fault, path in CELLS])
async def test_a_fault_on_a_path_is_what_the_matrix_says(
    client: Any, ids: dict[str, str], organisation: Organisation, fault: str, path: str
) -> None:
    assert await outcome(client, ids, organisation, fault, path) == expected(fault, path)


def test_the_matrix_says_something_of_each_fault_and_of_no_other() -> None:
    assert set(BY_FAULT) == set(FAULTS)
    assert set(BY_PATH) <= set(PATHS)
    assert all(set(cells) <= set(FAULTS) for cells in BY_PATH.values())
    assert {fault for fault, _ in CELLS} == set(FAULTS)


def test_the_page_in_the_docs_is_what_the_matrix_says() -> None:
    """`python -m tests.fault_matrix.page` writes it anew."""
    assert "\n".join(ours()) in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PATHS)
async def test_a_path_without_a_fault_gives_a_value(client: Any, ids: dict[str, str], path: str) -> None:
    assert await PATHS[path].call(client, ids) is not None
