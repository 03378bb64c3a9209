"""`from openai import OpenAI` becomes `from pareta_openai import OpenAI`, and the name in the file stays what it was.

Annotations, `isinstance`, `__all__`, pickles and `patch("app.llm.OpenAI")` therefore go on working. Only client classes
move: openai's exceptions are the parents of Pareta's, so that handlers go on catching what they caught, and
`openai.types` describes the answers of both. A class that a file constructs for OpenAI and for another vendor as well
stays, and Pareta's comes in beside it as `ParetaOpenAI`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Literal

from pareta_openai.migrate.findings import Edit, Finding, Rule
from pareta_openai.migrate.import_statements import add_after, move_names, take_out
from pareta_openai.migrate.module import Module
from pareta_openai.migrate.moves import Move, moves
from pareta_openai.migrate.project import Project


def check(module: Module, project: Project) -> Iterable[Finding]:
    for move in moves(module, project):
        if move.variable.exporter:
            yield from _through_file(module, move)
    by_alias = {alias: move for move in moves(module, project) for _, alias in move.variable.imports}
    for statement in module.nodes(ast.ImportFrom):
        if statement.level or statement.names[0].name == "*":
            continue
        if statement.module == "openai":
            found = {alias: by_alias[alias] for alias in statement.names if alias in by_alias}
            yield from _statement(module, statement, found)


def _statement(module: Module, statement: ast.ImportFrom, found: dict[ast.alias, Move]) -> Iterator[Finding]:
    moved = {alias: _text(alias, move) for alias, move in found.items() if move.kind == "move"}
    texts = [*moved.values()]
    moved = {alias: "" if text in texts[:number] else text for number, (alias, text) in enumerate(moved.items())}
    beside = sorted({move.name for move in found.values() if move.kind == "beside"})
    for alias, move in found.items():
        if move.kind == "stay" and moved:
            yield Finding("PO101", "left", module.span(alias), _why(move))
    span = module.span(statement)
    if moved or beside:
        edits = move_names(module, statement, moved, beside)
        edits += rename(module, found.values())
        yield Finding("PO101", "migrate", span, _said(moved.values(), beside), tuple(edits))
    elif found:
        move = next((each for each in found.values() if each.asks), next(iter(found.values())))
        yield Finding("PO101", "left", span, _why(move))
    elif "." not in (statement.module or ""):
        names = ", ".join(alias.name for alias in statement.names)
        yield Finding("PO101", "left", span, f"{names}: openai's own, and right for Pareta's clients too")


def _through_file(module: Module, move: Move) -> Iterator[Finding]:
    """A class that another file of the project imports."""
    for statement, alias in move.variable.imports:
        if move.kind == "part" and isinstance(statement, ast.ImportFrom):
            name = move.variable.name
            text = f"from openai import {move.name}" + (f" as {name}" if name != move.name else "")
            edits = (*take_out(module, statement, alias), *add_after(module, statement, text.encode()))
            if len(statement.names) == 1:
                edits = (module.replace(statement, text),)
            message = f"from openai itself, since {move.reason}"
            yield Finding("PO101", "migrate", module.span(alias), message, edits)
        elif move.kind == "stay":
            verdict: Literal["manual", "left"] = "manual" if move.asks else "left"
            yield Finding("PO101", verdict, module.span(alias), _why(move), safety="manual" if move.asks else "safe")


def _text(alias: ast.alias, move: Move) -> str:
    if move.renamed:
        return move.name
    name = alias.asname or alias.name
    return move.name if name == move.name else f"{move.name} as {name}"


def rename(module: Module, found: Iterable[Move]) -> Iterator[Edit]:
    """The edits of the uses that get another name."""
    for move in found:
        yield from (module.replace(use.node, move.name) for use in move.renamed)


def _said(moved: Iterable[str], beside: Iterable[str]) -> str:
    names = [*filter(None, moved), *beside]
    return f"{', '.join(names)} from pareta_openai"


def _why(move: Move) -> str:
    return f"{move.variable.name} stays openai's: {move.reason}"


RULE = Rule("PO101", "client-import", "safe", check)
