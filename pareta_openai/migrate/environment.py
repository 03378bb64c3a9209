"""Where code reads or sets OpenAI's environment variables apart from a client's own arguments."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .base_urls import AZURE, OPENAI, named_after
from .clients import clients
from .findings import Edit
from .module import Module
from .moves import moved_uses
from .project import Project
from .values import read_variable

KNOWN = ("PARETA_API_KEY", "PARETA_BASE_URL")
"""The variables that Pareta's clients read by themselves."""

_SETTERS = frozenset({"setenv", "delenv", "setdefault", "pop", "putenv", "unsetenv", "setitem", "delitem"})

SHOWN = frozenset(
    {
        *(
            "print",
            "debug",
            "info",
            "warning",
            "warn",
            "error",
            "exception",
            "critical",
            "exit",
            "fail",
            "skip",
            "echo",
        ),
        *("secho", "getpass", "input"),
    }
)
"""Calls whose arguments a person reads."""

# Packages whose classes read OpenAI's key by themselves.
_READERS = (b"langchain", b"llama_index", b"litellm", b"dspy", b"crewai", b"haystack", b"semantic_kernel", b"agents")


_MAKERS = re.compile(rb"OpenAI\b|\bimport openai\b|\bopenai import\b|" + b"|".join(_READERS))


class Mention(NamedTuple):
    """A literal that names a variable."""

    name: str
    node: ast.Constant


def mentions(module: Module) -> Iterator[Mention]:
    """The literals by which code reads, sets or asks for a variable that is OpenAI's or Azure's."""
    for node in module.nodes(ast.Constant):
        if isinstance(node.value, str) and _is_openais(node.value) and _is_of_environment(module, node):
            yield Mention(node.value, node)


def value_of(module: Module, node: ast.Constant) -> ast.expr | None:
    """What the variable is set to, where it is set by a literal."""
    parent = module.parent(node)
    value: ast.expr | None = None
    if isinstance(parent, ast.Subscript):
        assignment = module.parent(parent)
        value = assignment.value if isinstance(assignment, ast.Assign) and parent in assignment.targets else None
    elif isinstance(parent, ast.Dict):
        value = parent.values[parent.keys.index(node)] if node in parent.keys else None
    elif isinstance(parent, ast.Call) and node in parent.args:
        value = next(iter(parent.args[parent.args.index(node) + 1 :]), None)
    return value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def _is_environ(module: Module, node: ast.expr) -> bool:
    """``os.environ``, or the text by which `patch.dict` takes it."""
    return module.resolve(node) == "os.environ" or (isinstance(node, ast.Constant) and node.value == "os.environ")


def _is_openais(name: str) -> bool:
    return name.isidentifier() and name.isupper() and named_after(name) in (OPENAI, AZURE)


def _is_of_environment(module: Module, node: ast.Constant) -> bool:
    parent = module.parent(node)
    if isinstance(parent, ast.Subscript):
        return module.resolve(parent.value) == "os.environ" or read_variable(module, parent) is not None
    if isinstance(parent, ast.Compare):
        return any(module.resolve(each) == "os.environ" for each in parent.comparators)
    if isinstance(parent, ast.Dict):
        call = module.parent(parent)
        return isinstance(call, ast.Call) and any(_is_environ(module, each) for each in call.args)
    if isinstance(parent, ast.Call) and node in parent.args[:2]:
        named = parent.func.attr if isinstance(parent.func, ast.Attribute) else ""
        return named in _SETTERS or (read_variable(module, parent) is not None and parent.args[0] is node)
    if isinstance(parent, ast.keyword) and parent.arg in ("env", "alias", "validation_alias"):
        call = module.parent(parent)
        return isinstance(call, ast.Call) and module.resolve(call.func) in ("pydantic.Field", "pydantic.fields.Field")
    return False


def messages(module: Module, renames: Iterable[tuple[str, str]]) -> Iterator[Edit]:
    """Edits of what the file tells a person about variables that get another name."""
    for constant in module.nodes(ast.Constant):
        if isinstance(constant.value, str) and _is_shown(module, constant):
            text = new = module.text(constant)
            for old, replacement in renames:
                new = re.sub(rf"\b{re.escape(old)}\b", replacement, new)
            if new != text:
                yield module.replace(constant, new)


def _is_shown(module: Module, node: ast.Constant) -> bool:
    if isinstance(module.parent(node), ast.JoinedStr):
        return False  # before Python 3.12 its place is not known
    for parent in module.parents(node):
        if isinstance(parent, ast.Call):
            called = getattr(parent.func, "id", "") or getattr(parent.func, "attr", "")
            if read_variable(module, parent) is not None:
                return False
            return called in SHOWN or isinstance(module.parent(parent), ast.Raise)
        if isinstance(parent, ast.stmt):
            return isinstance(parent, (ast.Raise, ast.Assert))
    return False


class Outlook(NamedTuple):
    """What becomes of the clients of the whole project."""

    moves: bool
    """Whether any goes to Pareta."""
    stays: str
    """Something that goes on with OpenAI's key, and where; empty where nothing does."""


def outlook(project: Project) -> Outlook:
    """Looks through the files that may make a client, once."""
    if "outlook" not in project.memo:
        moves, stays = False, ""
        for module in project.modules(_MAKERS):
            readers = [word.decode() for word in _READERS if word in module.data]
            if readers:
                stays = stays or f"{readers[0]} in {module.path} may read it"
            moved = moved_uses(module, project)
            for client in clients(module, project):
                if client.use in moved:
                    moves = True
                elif not any(target.kind == "other" for target in client.targets):
                    stays = stays or f"a client in {module.path}:{client.node.lineno} may read it"
            if moves and stays:
                break
        project.memo["outlook"] = Outlook(moves, stays)
    found: Outlook = project.memo["outlook"]
    return found


def why_stays(module: Module, project: Project) -> str | None:
    """Why a variable stays; None where nothing goes that would read it under its new name."""
    own = [client for client in clients(module, project) if not client.use.origin.startswith("pareta_openai")]
    if not own:
        view = outlook(project)
        return view.stays if view.moves else None
    moved = moved_uses(module, project)
    stays = [client for client in own if client.use not in moved]
    if len(stays) == len(own):
        return None
    return f"the client in line {stays[0].node.lineno} may read it" if stays else ""
