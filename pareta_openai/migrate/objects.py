"""What the attribute of an object is, by the class of the object, also where another file of the project has it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from .module import Module
from .scopes import Binding, Scope
from .source import Source, Unreadable


class Found(NamedTuple):
    """An expression, and the file that it stands in."""

    module: Module
    node: ast.expr


class Field(NamedTuple):
    """A class's attribute with this name."""

    module: Module
    owner: ast.ClassDef
    scope: Scope
    name: str


def imported(module: Module, binding: Binding, name: str = "") -> Iterator[Found]:
    """The values of what an import brings from another file of the project, or of a name in the file that it brings."""
    if not (isinstance(binding.node, ast.alias) and isinstance(binding.statement, (ast.Import, ast.ImportFrom))):
        return
    origin = module.import_origin(binding.statement, binding.node)
    other = _module(module, origin)
    wanted = origin.partition(":")[2] or name
    if other is not None and wanted:
        for each in other.tree.module.bindings.get(wanted, ()):
            if each.kind == "value" and isinstance(each.node, ast.expr):
                yield Found(other, each.node)


def field(module: Module, node: ast.Attribute) -> Field | None:
    """What ``settings.api_key`` is an attribute of, where `node` is that."""
    found = _class_of(module, node.value, 0)
    if found is None:
        return None
    inner, owner = found
    scope = inner.tree.scopes[owner]
    return Field(inner, owner, scope, node.attr) if node.attr in scope.bindings else None


def _module(module: Module, origin: str) -> Module | None:
    """The file that an import's origin names."""
    project = module.project
    path = origin[1:].partition(":")[0]
    if project is None or not origin.startswith("@"):
        return None
    key = ("module", path)
    if key not in project.memo:
        project.memo[key] = None
        with suppress(OSError, SyntaxError, Unreadable):
            project.memo[key] = Module(Source.from_bytes(project.read(path)), path, project)
    other: Module | None = project.memo[key]
    return other


def _class_of(module: Module, node: ast.expr | None, depth: int) -> tuple[Module, ast.ClassDef] | None:
    """The class of an object: by its annotation, its construction, or the function that gives it."""
    if depth > 8:
        return None
    if isinstance(node, ast.Call):
        return _result_of(module, node.func, depth + 1)
    if not isinstance(node, ast.Name):
        return None
    home = module.scope(node).find(node.id)
    for binding in home.bindings[node.id] if home is not None else ():
        if binding.kind == "annotation" and isinstance(binding.node, ast.expr):
            return _class_named(module, binding.node)
        if binding.kind == "value" and isinstance(binding.node, ast.expr):
            return _class_of(module, binding.node, depth + 1)
        for found in imported(module, binding):
            return _class_of(found.module, found.node, depth + 1)
    return None


def _result_of(module: Module, function: ast.expr, depth: int) -> tuple[Module, ast.ClassDef] | None:
    """The class that a call gives an object of."""
    named = _definition(module, function)
    if named is None:
        return None
    inner, definition = named
    if isinstance(definition, ast.ClassDef):
        return inner, definition
    if definition.returns is not None:
        return _class_named(inner, definition.returns)
    returned = (each.value for each in definition.body if isinstance(each, ast.Return))
    return _class_of(inner, next(returned, None), depth)


def _class_named(module: Module, annotation: ast.expr) -> tuple[Module, ast.ClassDef] | None:
    named = _definition(module, annotation)
    return (named[0], named[1]) if named is not None and isinstance(named[1], ast.ClassDef) else None


def _definition(
    module: Module, node: ast.expr
) -> tuple[Module, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef] | None:
    """The class or function that a name means, in whichever file."""
    if not isinstance(node, ast.Name):
        return None
    home = module.scope(node).find(node.id)
    for binding in home.bindings[node.id] if home is not None else ():
        inner = module
        if isinstance(binding.node, ast.alias) and isinstance(binding.statement, ast.ImportFrom):
            origin = module.import_origin(binding.statement, binding.node)
            other = _module(module, origin)
            bindings = other.tree.module.bindings.get(origin.partition(":")[2], ()) if other is not None else ()
            binding = next(iter(bindings), binding)
            inner = other or module
        if isinstance(binding.node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            return inner, binding.node
    return None
