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
from .outlook import outlook
from .project import Project
from .values import read_variable

KNOWN = ("PARETA_API_KEY", "PARETA_BASE_URL")
"""The variables that Pareta's clients read by themselves."""

_SETTERS = frozenset({"setenv", "delenv", "setdefault", "pop", "putenv", "unsetenv", "setitem", "delitem"})

SHOWN = frozenset(
    {
        *("print", "debug", "info", "warning", "warn", "error", "exception", "critical", "exit", "fail"),
        *("skip", "echo", "secho", "getpass", "input"),
    }
)
"""Calls whose arguments a person reads."""


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


def why_stays(module: Module, project: Project) -> str | None:
    """Why a variable stays; None where nothing goes that would read it under its new name."""
    own = [client for client in clients(module, project) if not client.use.origin.startswith("pareta_openai")]
    if not own:
        view = outlook(project)
        return view.reads if view.moves else None
    moved = moved_uses(module, project)
    stays = [client for client in own if client.use not in moved]
    if len(stays) == len(own):
        return None
    return f"the client in line {stays[0].node.lineno} may read it" if stays else ""
