"""A client's class is imported from pareta_openai, under the name that it has.

The first rule of all, here so that the engine has one: the whole of it is on its way.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pareta_openai.migrate.findings import Edit, Finding, Rule, Span
from pareta_openai.migrate.module import Module
from pareta_openai.migrate.project import Project

_CLIENTS = frozenset({"openai.OpenAI", "openai.AsyncOpenAI"})


def check(module: Module, project: Project) -> Iterator[Finding]:
    """Whole statements only."""
    del project
    for node in module.nodes(ast.ImportFrom):
        if node.module == "openai" and all(module.import_origin(node, alias) in _CLIENTS for alias in node.names):
            start, end = module.span(node)
            name = start + module.data[start:end].index(b"openai")
            edit = Edit(name, name + len("openai"), b"pareta_openai")
            yield Finding(RULE.id, "migrate", Span(start, end), "imported from pareta_openai", (edit,))


RULE = Rule("PO101", "client-import", "safe", check)
