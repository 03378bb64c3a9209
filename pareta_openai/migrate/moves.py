"""What becomes of the names that a file imports from openai, given what becomes of its clients."""

from __future__ import annotations

import ast
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

from .clients import client_of, clients
from .module import Module
from .outlook import outlook
from .project import Project
from .source import Source, Unreadable
from .targets import targets_of
from .uses import AZURE_CLASSES, CLIENT_CLASSES, Use, Variable, variables

_BESIDE = {"OpenAI": "ParetaOpenAI", "AsyncOpenAI": "AsyncParetaOpenAI"}


@dataclass(frozen=True, eq=False)
class Move:
    """What becomes of one variable."""

    variable: Variable
    kind: Literal["move", "beside", "part", "stay", "already"]
    """``beside``: it stays, and Pareta's is imported under another name for some of its uses. ``part``: the file that
    it is imported from goes to Pareta, and this one does not. ``already``: nothing here has to change for it."""
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
        if move.kind in ("move", "already"):
            found |= set(move.variable.uses)
        elif move.kind == "beside":
            found |= set(move.renamed)
    return found


def exported_move(project: Project, path: str, name: str) -> Move | None:
    """What becomes of what a file of the project calls `name` at its top level; None where it is not openai's."""
    return _exported_move(project, f"@{path}:{name}", frozenset())


def _move(module: Module, project: Project, variable: Variable) -> Move:
    if variable.is_paretas:
        return Move(variable, "already")
    if variable.exporter:
        return _move_elsewhere(module, project, variable)
    if any(binding.kind in ("class", "function") for binding in variable.scope.bindings.get(variable.name, ())):
        return Move(variable, "stay", reason="the file defines the same name itself", asks=True)
    forbidden = _forbidden(module, project, variable)
    if forbidden:
        return Move(variable, "stay", reason=forbidden)
    return _move_module(module, project, variable) if variable.is_module else _move_class(module, project, variable)


def _move_elsewhere(module: Module, project: Project, variable: Variable) -> Move:
    """Of a class that another file imports: what becomes of it is decided there."""
    file = variable.exporter[1:].partition(":")[0]
    theirs = _exported_move(project, variable.exporter, frozenset())
    if theirs is None or theirs.kind != "move" or theirs.renamed:
        return Move(variable, "stay", reason=f"it is {file} that imports it, and it stays there")
    here = _move_class(module, project, variable)
    if here.kind == "move":
        return Move(variable, "already")
    if here.kind == "stay":
        return replace(here, kind="part", name=variable.origin.rpartition(".")[2])
    reason = f"{file} gives Pareta's class then, and here it is another vendor's too: import openai's for that"
    return Move(variable, "stay", reason=reason, asks=True)


def _exported_move(project: Project, exporter: str, seen: frozenset[str]) -> Move | None:
    """What becomes of the variable ``@app/llm.py:OpenAI``."""
    path, _, name = exporter[1:].partition(":")
    if exporter in seen:
        return None
    if exporter not in project.memo:
        project.memo[exporter] = None
        with suppress(OSError, SyntaxError, Unreadable):
            module = Module(Source.from_bytes(project.read(path)), path, project)
            for variable in variables(module):
                if variable.name == name and variable.scope is module.tree.module:
                    inner = variable.exporter
                    following = _exported_move(project, inner, seen | {exporter}) if inner else None
                    project.memo[exporter] = following if inner else _move(module, project, variable)
    found: Move | None = project.memo[exporter]
    return found


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
    if not going and (reasons := _why_annotations_stay(module, project, variable)):
        return Move(variable, "stay", reason=reasons[0])
    return Move(variable, "move", target)


def _move_azure(module: Module, project: Project, variable: Variable, target: str, is_made: bool) -> Move:
    if not is_made and not (project.options.unsafe and variable.uses):
        return Move(variable, "stay", reason="no client of Azure is made here")
    if not is_made and (others := _staying(module, project)):
        return Move(variable, "stay", reason=others)
    if variable.name != variable.origin.rpartition(".")[2] or _is_said_in_text(module, variable.name):
        return Move(variable, "move", target)
    other = next((each for each in variables(module) if each.name == target and not each.is_module), None)
    is_taken = variable.scope.find(target) is not None
    if other is not None:
        is_taken = _move_class(module, project, other).kind != "move"
    return Move(variable, "move", _BESIDE[target] if is_taken else target, tuple(variable.uses))


def _why_annotations_stay(module: Module, project: Project, variable: Variable) -> list[str]:
    """Why a name that the file makes no client of stays, if it does."""
    if any(use.role == "check" for use in variable.uses):
        return ["openai's class is the parent of Pareta's: the check holds for both"]
    if any(_is_field(module, use) for use in variable.uses) and not _is_for_checkers(module, variable):
        return ["a field may be checked against it, and openai's class takes Pareta's clients too"]
    others = _staying(module, project)
    return [f"{others}, and openai's class is the parent of Pareta's"] if others else []


def _is_field(module: Module, use: Use) -> bool:
    """Whether it annotates a field of a class, which pydantic and its like validate."""
    statement = module.statement(use.node)
    return use.role == "annotation" and isinstance(statement, ast.AnnAssign) and module.scope(statement).kind == "class"


def _is_for_checkers(module: Module, variable: Variable) -> bool:
    """Whether it is imported for type checkers alone."""
    tests = [each.test for each in module.nodes(ast.If) if variable.imports[0][0] in each.body]
    return any(module.text(test).endswith("TYPE_CHECKING") for test in tests)


def _staying(module: Module, project: Project) -> str:
    """Why a name that is only annotated with goes nowhere: the file has clients that stay, or may have."""
    for client in clients(module, project):
        if client.fate != "move":
            return client.reason
    for node in module.nodes(ast.Constant):
        if node.value == "openai" and isinstance(module.parent(node), ast.Call):
            return "the file imports openai by its name"
    assignments: list[ast.Assign | ast.AnnAssign] = [*module.nodes(ast.Assign), *module.nodes(ast.AnnAssign)]
    for each in assignments:
        names = each.targets if isinstance(each, ast.Assign) else [each.target]
        if each.value is not None and any(
            getattr(name, "id", getattr(name, "attr", "")) == "base_url" for name in names
        ):
            targets, _ = targets_of(module, project, [each.value], azure=False)
            whose = [target.whose for target in targets if target.kind == "other"]
            if whose:
                return f"its base_url points at {whose[0]}"
    elsewhere = outlook(project).stays
    return f"a client in {elsewhere} stays" if elsewhere else ""


def _is_said_in_text(module: Module, name: str) -> bool:
    """Whether a string names it that is no prose: an annotation, an entry of ``__all__``, the target of a patch."""
    mention = re.compile(rf"(?!.*\w \w)[\w.\[\],| ]*\b{name}\b[\w.\[\],| ]*")
    texts = (node.value for node in module.nodes(ast.Constant) if isinstance(node.value, str))
    return any(mention.fullmatch(text) for text in texts)


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
    if not going and annotations and not staying:
        staying = _why_annotations_stay(module, project, variable)
    if not going and (staying or not annotations):
        return Move(variable, "stay", reason=staying[0] if staying else "nothing of it is used here", asks=asks)
    if plain and not staying:
        return Move(variable, "move", "pareta_openai")
    renamed = going if clients_stay else going + annotations
    return Move(variable, "beside", "pareta_openai", tuple(renamed))
