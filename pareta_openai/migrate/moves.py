"""What becomes of the names that a file imports from openai, given what becomes of its clients."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Literal

from .clients import client_of
from .module import Module
from .project import Project
from .uses import AZURE_CLASSES, CLIENT_CLASSES, Use, Variable, variables

_BESIDE = {"OpenAI": "ParetaOpenAI", "AsyncOpenAI": "AsyncParetaOpenAI"}


@dataclass(frozen=True, eq=False)
class Move:
    """What becomes of one variable."""

    variable: Variable
    kind: Literal["move", "beside", "stay"]
    """``beside``: it stays, and Pareta's is imported under another name for some of its uses."""
    name: str = ""
    """The name of Pareta's that is imported: of the class, or of the module."""
    renamed: tuple[Use, ...] = ()
    """Uses that get another text."""
    reason: str = ""
    """Why it stays."""
    asks: bool = False
    """Whether it stays only until a person has looked."""

    @property
    def bound(self) -> str:
        """What Pareta's is called in the file."""
        return self.variable.name if self.kind == "move" and not self.renamed else self.name


def moves(module: Module, project: Project) -> list[Move]:
    """One for each variable of the file that is openai or a client class of it."""
    if "moves" not in module.memo:
        module.memo["moves"] = [_move(module, project, variable) for variable in variables(module)]
    found: list[Move] = module.memo["moves"]
    return found


def moved_uses(module: Module, project: Project) -> set[Use]:
    """The uses that mean Pareta's after the change."""
    found: set[Use] = set()
    for move in moves(module, project):
        if move.kind == "move":
            found |= set(move.variable.uses)
        elif move.kind == "beside":
            found |= set(move.renamed)
    return found


def _move(module: Module, project: Project, variable: Variable) -> Move:
    if any(binding.kind in ("class", "function") for binding in variable.scope.bindings.get(variable.name, ())):
        return Move(variable, "stay", reason="the file defines the same name itself", asks=True)
    forbidden = _forbidden(module, project, variable)
    if forbidden:
        return Move(variable, "stay", reason=forbidden)
    return _move_module(module, project, variable) if variable.is_module else _move_class(module, project, variable)


def _forbidden(module: Module, project: Project, variable: Variable) -> str:
    rule = "PO103" if variable.imports[0][1].name == "*" else "PO102" if variable.is_module else "PO101"
    if not project.options.wants(rule):
        return f"{rule} is not asked for"
    for statement, _ in variable.imports:
        last = statement.end_lineno or statement.lineno
        if any(module.ignored(rule, line) for line in range(statement.lineno, last + 1)):
            return "an ignore comment says so"
    return ""


def _move_class(module: Module, project: Project, variable: Variable) -> Move:
    made = [(use, client_of(module, project, use)) for use in variable.uses]
    going = [use for use, client in made if client is not None and client.fate == "move"]
    staying = [client for _, client in made if client is not None and client.fate != "move"]
    original = variable.origin.rpartition(".")[2]
    target = CLIENT_CLASSES[original]
    if staying and not going:
        return Move(variable, "stay", reason=staying[0].reason, asks=any(each.fate == "ask" for each in staying))
    if staying:
        calls = tuple(use for use in going if use.node is use.root)
        return Move(variable, "beside", _BESIDE[target], calls)
    if original in AZURE_CLASSES:
        return _move_azure(module, project, variable, target, bool(going))
    if not going and any(use.role == "check" for use in variable.uses):
        return Move(variable, "stay", reason="openai's class is the parent of Pareta's: the check holds for both")
    return Move(variable, "move", target)


def _move_azure(module: Module, project: Project, variable: Variable, target: str, is_made: bool) -> Move:
    if not is_made and not project.options.unsafe:
        return Move(variable, "stay", reason="no client of Azure is made here")
    if variable.name != variable.origin.rpartition(".")[2] or _is_said_in_text(module, variable.name):
        return Move(variable, "move", target)
    other = next((each for each in variables(module) if each.name == target and not each.is_module), None)
    is_taken = variable.scope.find(target) is not None
    if other is not None:
        is_taken = _move_class(module, project, other).kind != "move"
    return Move(variable, "move", _BESIDE[target] if is_taken else target, tuple(variable.uses))


def _is_said_in_text(module: Module, name: str) -> bool:
    texts = (node.value for node in module.nodes(ast.Constant) if isinstance(node.value, str))
    return any(name in text for text in texts)


def _move_module(module: Module, project: Project, variable: Variable) -> Move:
    going: list[Use] = []
    annotations: list[Use] = []
    staying: list[str] = []
    asks = False
    for use in variable.uses:
        client = client_of(module, project, use)
        if client is not None:
            if client.fate == "move":
                going.append(use)
            else:
                staying.append(client.reason)
                asks = asks or client.fate == "ask"
        elif use.role == "annotation":
            annotations.append(use)
        elif use.role == "other":
            staying.append(f"{use.origin} is openai's own")
    clients_stay = any(client_of(module, project, use) is not None and use not in going for use in variable.uses)
    plain = all(isinstance(s, ast.Import) and a.name == "openai" for s, a in variable.imports)
    if not going and (staying or not annotations):
        return Move(variable, "stay", reason=staying[0] if staying else "nothing of it is used here", asks=asks)
    if plain and not staying:
        return Move(variable, "move", "pareta_openai")
    renamed = going if clients_stay else going + annotations
    return Move(variable, "beside", "pareta_openai", tuple(renamed))
