"""Imports of Pareta's own client become imports of this package, under the names that they bound.

``from pareta import Pareta, InsufficientCreditsError`` and ``import pareta`` have the same names here. What the newer
client has and this one has not (``Rerank``, ``Speech`` and their like) goes on coming from ``pareta``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from functools import partial

from ..findings import Edit, Finding, Rule
from ..module import Module
from ..pareta_client import SAME, TOOLS, WITHOUT_COUNTERPART
from ..project import Project
from ..verdicts import unchanged

_finding = partial(unchanged, "PO801")

_NONE_HERE = "pareta_openai has no {}: keep pareta beside it for this, or send the request with client.post(…)."
_TOOL = "The command line and the MCP server of pareta are programs of their own and stay."
_INNER = "This is an inner part of pareta: name what is needed of pareta_openai."


def check(module: Module, project: Project) -> Iterable[Finding]:
    for node in module.nodes(ast.Import):
        for alias in node.names:
            if alias.name.partition(".")[0] == "pareta" and not _is_own_file(module, project):
                yield _imported(module, node, alias)
    for statement in module.nodes(ast.ImportFrom):
        package = (statement.module or "").partition(".")[0]
        if package == "pareta" and not statement.level and not _is_own_file(module, project):
            yield from _imported_from(module, statement)


def _is_own_file(module: Module, project: Project) -> bool:
    """Whether the project has a package of this name itself."""
    return project.file_of("pareta", module.path) is not None


def _imported(module: Module, node: ast.Import, alias: ast.alias) -> Finding:
    if alias.name in TOOLS:
        return _finding(module, alias, "left", _TOOL)
    if alias.name != "pareta":
        return _finding(module, alias, "manual", _INNER)
    name = alias.asname or "pareta"
    home = module.scope(node).find(name)
    used = {
        attribute.attr
        for attribute in module.nodes(ast.Attribute)
        if isinstance(attribute.value, ast.Name) and attribute.value.id == name
        if module.scope(attribute.value).find(name) is home
    }
    missing = sorted(used - SAME)
    if missing:
        return _finding(module, alias, "manual", _NONE_HERE.format(" and no ".join(missing)))
    text = f"pareta_openai as {name}"
    return _changed(module, alias, "is pareta_openai", module.replace(alias, text))


def _imported_from(module: Module, node: ast.ImportFrom) -> Iterable[Finding]:
    inner = node.module or ""
    if inner in TOOLS:
        yield _finding(module, node, "left", _TOOL)
        return
    moving = [alias for alias in node.names if alias.name in SAME or alias.name == "*"]
    staying = [alias for alias in node.names if alias not in moving]
    if not moving:
        known = [alias.name for alias in staying if alias.name in WITHOUT_COUNTERPART]
        yield _finding(module, node, "manual", _NONE_HERE.format(" and no ".join(known)) if known else _INNER)
        return
    start, end = _name_of_module(module, node)
    if not staying:
        yield _changed(module, node, "is pareta_openai", Edit(start, end, b"pareta_openai"))
        return
    if b"#" in module.data[slice(*module.span(node))] or b"\n" in module.data[slice(*module.span(node))]:
        yield _finding(module, node, "manual", f"Import {_listed(moving)} from pareta_openai and the rest from pareta.")
        return
    line = module.data.rfind(b"\n", 0, module.span(node).start) + 1
    indent = module.data[line : module.span(node).start].decode()
    newline = module.source.newline.decode()
    if indent.strip():
        yield _finding(module, node, "manual", f"Import {_listed(moving)} from pareta_openai and the rest from pareta.")
        return
    text = f"from pareta_openai import {_listed(moving)}{newline}{indent}from {inner} import {_listed(staying)}"
    yield _changed(module, node, "is pareta_openai, in part", module.replace(node, text))
    for alias in staying:
        yield _finding(module, alias, "manual", _NONE_HERE.format(alias.name))


def _name_of_module(module: Module, node: ast.ImportFrom) -> tuple[int, int]:
    name = (node.module or "").encode()
    start = module.data.index(name, module.span(node).start + len("from"))
    return start, start + len(name)


def _listed(aliases: Sequence[ast.alias]) -> str:
    return ", ".join(f"{alias.name} as {alias.asname}" if alias.asname else alias.name for alias in aliases)


def _changed(module: Module, node: ast.AST, message: str, edit: Edit) -> Finding:
    return Finding("PO801", "migrate", module.span(node), message, (edit,))


RULE = Rule("PO801", "imports-of-pareta", "safe", check, words=(b"pareta",))
