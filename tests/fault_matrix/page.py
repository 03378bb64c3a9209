"""Writes ``docs/faults.md``: ``python -m tests.fault_matrix.page``, which runs bare openai through the same cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

from tests.fault_matrix.cells import CELLS, FAULTS, PATHS, outcomes_of_bare_openai
from tests.fault_matrix.expected import expected

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"

INTRODUCTION = f"""# What you get for each fault

Every fault below is made by the local platform over real HTTP, on every path of a call that can meet it, through the
sync and the async client: {len(CELLS)} cells, each a test (`tests/fault_matrix`). `max_retries` is 0, so that the fault
is seen and not retried. `python -m tests.fault_matrix.page` writes this page, and runs bare `openai` through the same
cells for the second table.

A fault that a path cannot meet is left empty. Names without a module are `pareta_openai`'s."""


def table(paths: list[str], cell: Callable[[str, str], str | None]) -> Iterator[str]:
    yield f"| Fault | {' | '.join(f'`{path}`' for path in paths)} |"
    yield "|---" * (len(paths) + 1) + "|"
    for fault in FAULTS:
        cells = [cell(fault, path) if (fault, path) in CELLS else None for path in paths]
        yield f"| {fault} | {' | '.join(found or '' for found in cells)} |"


def ours() -> Iterator[str]:
    yield from table(list(PATHS), expected)


def main() -> None:
    bare = outcomes_of_bare_openai()
    shared = [name for name, path in PATHS.items() if not path.ours_alone]
    lines = [
        INTRODUCTION,
        "",
        "## `pareta_openai`",
        "",
        *ours(),
        "",
        f"## Bare `openai` {version('openai')}",
        "",
        "`a bare str` is the body's text in place of an object, without any exception.",
        "",
        *table(shared, lambda fault, path: bare.get((fault, path))),
        "",
    ]
    PAGE.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
