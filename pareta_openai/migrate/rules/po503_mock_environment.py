"""Tests that set OPENAI_API_KEY set PARETA_API_KEY, which the migrated code reads.

``monkeypatch.setenv("OPENAI_API_KEY", "sk-test")`` and ``patch.dict(os.environ, {"OPENAI_API_KEY": …})`` would go on
passing and reach nothing. A key that begins with ``sk-`` is refused by Pareta's client, so a test's gets another
beginning. Where a client of the project stays with another vendor, a person has to say which variable is meant.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from ..arguments import new_name
from ..calls import argument, replace_in_string, string
from ..clients_elsewhere import moves_anywhere, other_vendor_anywhere
from ..findings import Edit, Finding, Rule
from ..module import Module
from ..project import Project

_KNOWN = frozenset(
    {"OPENAI_API_BASE", "OPENAI_API_KEY", "OPENAI_BASE_URL", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT"}
)
_STAYS = "A client of the project stays with {}: set {} too, for those that moved."
_SETTERS = ("delenv", "setenv")


def check(module: Module, project: Project) -> Iterable[Finding]:
    for call in module.nodes(ast.Call):
        for name, value in _variables(module, call):
            if string(name) in _KNOWN:
                yield _finding(module, project, name, value)


def _variables(module: Module, call: ast.Call) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """The names of the variables that a call sets for a test, and the values."""
    match call.func:
        case ast.Attribute(attr=method, value=ast.Name(id="monkeypatch")) if method in _SETTERS:
            name = argument(call, "name", position=0)
            if name is not None:
                yield name, argument(call, "value", position=1) if method == "setenv" else None
        case ast.Attribute(attr="dict", value=ast.Name(id="patch") | ast.Attribute(attr="patch")):
            values = argument(call, "values", position=1)
            if _is_environment(module, call) and isinstance(values, ast.Dict):
                yield from ((key, value) for key, value in zip(values.keys, values.values, strict=True) if key)


def _is_environment(module: Module, call: ast.Call) -> bool:
    target = argument(call, "in_dict", position=0)
    return string(target) == "os.environ" or (target is not None and module.resolve(target) == "os.environ")


def _finding(module: Module, project: Project, name: ast.expr, value: ast.expr | None) -> Finding:
    old = string(name) or ""
    new = new_name(old)
    vendor = other_vendor_anywhere(project)
    span = module.span(name)
    if not moves_anywhere(project):
        return Finding(
            "PO503", "left", span, "No client of the project moves that would read another.", safety="manual"
        )
    if vendor:
        return Finding("PO503", "manual", span, _STAYS.format(vendor, new), safety="manual")
    edits = [replace_in_string(module, name, old, new), *_other_beginning(module, value)]
    if None in edits:
        return Finding("PO503", "manual", span, f"Set {new} here.", safety="manual")
    return Finding("PO503", "migrate", span, f"is {new}", tuple(filter(None, edits)), "suggested")


def _other_beginning(module: Module, value: ast.expr | None) -> list[Edit | None]:
    key = string(value)
    if value is None or key is None or not key.startswith("sk-"):
        return []
    return [replace_in_string(module, value, key, f"pareta_sk_{key.removeprefix('sk-')}")]


RULE = Rule("PO503", "variables-in-tests", "suggested", check)
