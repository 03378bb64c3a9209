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
        importer = _importer(module, call.func)
        if importer in _LOOKS:
            message = "it asks whether openai is there, which pareta_openai needs"
            yield Finding("PO104", "left", module.span(call), message)
        elif "import" in importer.rpartition(".")[2]:
            message = 'imports openai by its name: write "pareta_openai" where a client of OpenAI is made of it'
            yield Finding("PO104", "manual", module.span(call), message, safety="manual")


def _importer(module: Module, function: ast.expr) -> str:
    """What is called: its origin, else its last name; nothing for a function of the file's own."""
    if isinstance(function, ast.Name):
        home = module.scope(function).find(function.id)
        if home is not None and any(binding.kind == "function" for binding in home.bindings[function.id]):
            return ""
    named = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return module.resolve(function) or str(named)


RULE = Rule("PO104", "import-by-name", "manual", check)
