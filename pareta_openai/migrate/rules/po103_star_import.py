"""Behind `from openai import *`, Pareta's clients are imported by name, so that they are the ones in force."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from pareta_openai.migrate.findings import Finding, Rule
from pareta_openai.migrate.import_statements import add_after
from pareta_openai.migrate.module import Module
from pareta_openai.migrate.moves import Move, moves
from pareta_openai.migrate.project import Project


def check(module: Module, project: Project) -> Iterable[Finding]:
    by_star: dict[ast.ImportFrom, list[Move]] = {star: [] for star in module.tree.stars if _is_openais(star)}
    for move in moves(module, project):
        statement, alias = move.variable.imports[0]
        if alias.name == "*" and isinstance(statement, ast.ImportFrom):
            by_star[statement].append(move)
    for star, found in by_star.items():
        texts = sorted({_text(move) for move in found if move.kind != "stay"})
        if texts:
            text = f"from pareta_openai import {', '.join(texts)}"
            edits = add_after(module, star, text.encode())
            edits += [module.replace(use.node, move.name) for move in found for use in move.renamed]
            yield Finding("PO103", "migrate", module.span(star), text, tuple(edits))
        else:
            why = found[0].reason if found else "no client of it is used here"
            yield Finding("PO103", "left", module.span(star), f"openai's names stay: {why}")


def _is_openais(star: ast.ImportFrom) -> bool:
    return star.module == "openai" and not star.level


def _text(move: Move) -> str:
    name = move.variable.name
    return move.name if move.renamed or move.name == name else f"{move.name} as {name}"


RULE = Rule("PO103", "star-import", "safe", check)
