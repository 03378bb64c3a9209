"""Imports by a name in a string, such as `importlib.import_module("openai")`, are for a person to decide."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from pareta_openai.migrate.findings import Finding, Rule
from pareta_openai.migrate.module import Module
from pareta_openai.migrate.project import Project

_LOOKS = frozenset(("importlib.util.find_spec", "importlib.metadata.version", "pkgutil.find_loader"))


def check(module: Module, project: Project) -> Iterable[Finding]:
    del project
    for call in module.nodes(ast.Call):
        if not (call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)):
            continue
        if call.args[0].value.partition(".")[0] != "openai":
            continue
        importer = _builtin(module, call.func) or module.resolve(call.func)
        if importer in _LOOKS:
            yield Finding(
                "PO104", "left", module.span(call), "it asks whether openai is there, which pareta_openai needs"
            )
        elif "import" in _last_name(call.func) and importer != "?":
            message = 'imports openai by its name: write "pareta_openai" where a client of OpenAI is made of it'
            yield Finding("PO104", "manual", module.span(call), message, safety="manual")


def _last_name(function: ast.expr) -> str:
    return getattr(function, "attr", "") or getattr(function, "id", "")


def _builtin(module: Module, function: ast.expr) -> str | None:
    if isinstance(function, ast.Name) and module.scope(function).find(function.id) is None:
        return function.id
    return None


RULE = Rule("PO104", "import-by-name", "manual", check)
