"""`import openai` becomes `import pareta_openai as openai` where the file uses it for clients and nothing else.

Where it is used for exceptions, types or another vendor's client too, `import openai` stays, `import pareta_openai`
comes in below it, and the places that make or are Pareta's clients name it: `pareta_openai.OpenAI()`.
"""

from __future__ import annotations

from collections.abc import Iterable

from pareta_openai.migrate.findings import Edit, Finding, Rule
from pareta_openai.migrate.import_statements import add_after
from pareta_openai.migrate.module import Module
from pareta_openai.migrate.moves import Move, moves
from pareta_openai.migrate.project import Project
from pareta_openai.migrate.uses import CLIENT_CLASSES


def check(module: Module, project: Project) -> Iterable[Finding]:
    for move in moves(module, project):
        if not move.variable.is_module or move.kind == "already":
            continue
        blocks: set[object] = set()
        for number, (statement, alias) in enumerate(move.variable.imports):
            span = module.span(alias)
            if move.kind == "stay":
                yield Finding("PO102", "left", span, f"openai stays: {move.reason}")
                continue
            if move.kind == "move":
                edits = [module.replace(alias, f"pareta_openai as {move.variable.name}")]
                message = "import pareta_openai in its place, under the same name"
            elif module.parent(statement) in blocks:
                yield Finding("PO102", "left", span, "openai's own, beside Pareta's clients")
                continue
            else:
                blocks.add(module.parent(statement))
                edits = add_after(module, statement, b"import pareta_openai")
                message = "import pareta_openai beside it, for the clients"
            if number == 0:
                edits += _named_anew(module, move)
            yield Finding("PO102", "migrate", span, message, tuple(edits))


def _named_anew(module: Module, move: Move) -> Iterable[Edit]:
    """Uses whose class has another name at Pareta, or whose module has."""
    root = "pareta_openai" if move.kind == "beside" else ""
    uses = move.renamed if move.kind == "beside" else move.variable.uses
    for use in uses:
        name = use.origin.rpartition(".")[2]
        target = CLIENT_CLASSES.get(name, name)
        if root:
            yield module.replace(use.root, root)
        if target != name and use.node is not use.root:
            end = module.span(use.node).end
            yield Edit(end - len(name), end, target.encode())


RULE = Rule("PO102", "module-import", "safe", check)
