"""The imports that changed code needs, each added once."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from .findings import Edit
from .module import Module


def import_edits(module: Module, names: Iterable[str], before: Iterable[Edit]) -> list[Edit]:
    """One ``from … import …`` for each package of the dotted `names`, behind the module's first import of openai.

    `before` are the edits made so far: a name that they import already is left out.
    """
    made = b"\n".join(edit.text for edit in before)
    by_package: dict[str, list[str]] = {}
    for name in sorted(set(names)):
        package, _, last = name.rpartition(".")
        line = f"import {last}" if not package else f"from {package} import {last}"
        if line.encode() in made or _has(module, name):
            continue
        by_package.setdefault(package, []).append(last)
    if not by_package:
        return []
    position, first = _place(module)
    newline = module.source.newline
    lines = [
        *(f"import {last}" for last in by_package.pop("", [])),
        *(f"from {package} import {', '.join(lasts)}" for package, lasts in sorted(by_package.items())),
    ]
    text = newline.join(line.encode() for line in lines)
    return [Edit(position, position, text + newline if first else newline + text)]


def _has(module: Module, name: str) -> bool:
    package, _, last = name.rpartition(".")
    for binding in module.tree.module.bindings.get(last, ()):
        statement = binding.statement
        if isinstance(statement, ast.ImportFrom) and statement.module == package and statement in module.ast.body:
            return True
        if isinstance(statement, ast.Import) and not package and statement in module.ast.body:
            return True
    return False


def _place(module: Module) -> tuple[int, bool]:
    """Where to add a line, and whether it is the start of one (else the end)."""
    imports = [
        node for node in module.ast.body if isinstance(node, (ast.Import, ast.ImportFrom)) and _alone(module, node)
    ]
    of_openai = [node for node in imports if any(_is_openai(module, node, alias) for alias in node.names)]
    if of_openai:
        return module.span(of_openai[0]).end, False
    body = module.ast.body
    after: list[ast.stmt] = [
        node for node in body[:1] if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    ]
    after += [node for node in imports if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    if after:
        return module.span(after[-1]).end, False
    return (module.source.line_starts[body[0].lineno - 1] if body else 0), True


def _alone(module: Module, node: ast.stmt) -> bool:
    """Whether nothing but a comment stands behind the statement on its line."""
    end = module.span(node).end
    line = module.source.line(end)
    starts = module.source.line_starts
    rest = module.data[end : starts[line] if line < len(starts) else None].strip()
    return not rest


def _is_openai(module: Module, node: ast.Import | ast.ImportFrom, alias: ast.alias) -> bool:
    return module.import_origin(node, alias).split(".")[0] == "openai"
