"""Writes ``docs/coverage.md``: ``python -m tests.contract.coverage``, which asks a platform of each generation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from pareta_openai.local import LocalPlatform
from tests.contract import test_operations
from tests.contract.test_document import CALLS, DOCUMENT, OPERATIONS, Operation
from tests.local.conftest import Caller
from tests.programs.programs import PROGRAMS

PAGE = Path(__file__).parents[2] / "docs" / "coverage.md"
GENERATIONS = ("0.3", "3.0", None)

INTRODUCTION = """# What the local platform serves, and what tests it

Each row is an operation of [the contract](../pareta_openai/openapi.json), in its order. It is served by a platform that
was started with `--platform 0.3`, with `--platform 3.0`, or without the option (*both*), and tested

- *by the document*: real answers, refusals too, and FastAPI's own description of the route are held against it
  (`tests/contract`), and so is what schemathesis makes up (`make test-schemathesis`);
- *by our client*: through the sync and the async one, in the test that is named;
- *by programs* of other clients, as they are (`make test-programs`): pareta 0.3.1 and 3.0.4 in Python, on the command
  line and as an agent's tools, openai 2 and 3 in Python, and openai on Node.

`python -m tests.contract.coverage` writes this page."""


def page() -> str:
    return "\n".join([INTRODUCTION, "", *_table()]) + "\n"


def _table() -> Iterator[str]:
    yield "| Operation | 0.3 | 3.0 | both | by the document | by our client | by programs with |"
    yield "|---|---|---|---|---|---|---|"
    with ExitStack() as running:
        callers = [Caller(running.enter_context(LocalPlatform(platform=one)).base_url, None) for one in GENERATIONS]
        for tag in [tag["name"] for tag in DOCUMENT["tags"]]:
            yield f"| **{tag}** | | | | | | |"
            for name, operation in OPERATIONS.items():
                if tag in operation.definition["tags"]:
                    served = [_mark(_is_served(caller, operation)) for caller in callers]
                    cells = [*served, _mark(name in CALLS), _client_test(name), _programs(name)]
                    yield f"| `{operation.method} {operation.path}` | {' | '.join(cells)} |"


def _is_served(call: Caller, operation: Operation) -> bool:
    """Asked without a key, so that nothing happens: what is there refuses."""
    if operation.id == "uploadBlob":
        return True
    path = re.sub(r"\{\w+\}", "x", operation.path)
    return call(operation.method, path, {} if operation.method == "POST" else None).status == 401


def _mark(is_so: bool) -> str:
    return "✓" if is_so else ""


def _client_test(name: str) -> str:
    test = f"test_{test_operations.snake(name)}"
    return f"`{test}`" if hasattr(test_operations, test) else ""


def _programs(name: str) -> str:
    return ", ".join(dict.fromkeys(program.client for program in PROGRAMS if name in program.uses)) or ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
