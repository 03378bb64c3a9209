"""The calls whose arguments a client is constructed with, for each way in which code uses a client's class."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from .module import Module
from .uses import CLIENT_CLASSES, Use
from .values import own_class

# What takes a class and the arguments to construct it with.
_MAKERS = frozenset(
    {"partial", "Singleton", "ThreadSafeSingleton", "ThreadLocalSingleton", "Factory", "Resource", "Object"}
)

# What takes a class and constructs it with nothing, or constructs nothing.
_TAKERS = frozenset(
    {
        *("field", "Field", "Depends", "Provide", "cache", "lru_cache", "cached", "singledispatch"),
        *("defaultdict", "ib", "Mock", "MagicMock", "AsyncMock", "NonCallableMock", "create_autospec", "patch"),
        *("object", "run_in_executor", "to_thread", "run_sync", "hasattr", "getattr", "signature", "raises"),
        *("factory", "print", "repr", "str"),
    }
)


class Construction(NamedTuple):
    """How a class is constructed where a use of it stands."""

    calls: list[ast.Call]
    doubt: str = ""
    """What decides on the arguments, where that is not in sight."""


def construction(module: Module, use: Use) -> Construction:
    """Of a use that constructs, hands on or inherits from a client's class."""
    if use.role == "construct" and use.call is not None:
        return Construction([use.call])
    if use.role == "subclass":
        return Construction(list(_subclass_calls(module, use)))
    if use.call is not None:
        return _handed(module, use, use.call)
    calls = list(_calls_of_alias(module, use))
    if calls or isinstance(module.parent(use.node), ast.Expr):
        return Construction(calls)
    return Construction([], f"the class is handed on (line {use.node.lineno})")


def _subclass_calls(module: Module, use: Use) -> Iterator[ast.Call]:
    """Calls of a subclass, and of its parent's constructor within it."""
    owner = next(node for node in module.parents(use.node) if isinstance(node, ast.ClassDef))
    has_own = any(isinstance(node, ast.FunctionDef) and node.name == "__init__" for node in owner.body)
    for call in module.nodes(ast.Call):
        function = call.func
        if isinstance(function, ast.Name) and function.id == owner.name:
            if not has_own:  # else its arguments are the subclass's own
                yield call
        elif isinstance(function, ast.Attribute) and function.attr == "__init__" and owner in module.parents(call):
            yield call


def _calls_of_alias(module: Module, use: Use) -> Iterator[ast.Call]:
    """Calls of a name that the class was assigned to."""
    for call in module.nodes(ast.Call):
        if isinstance(call.func, (ast.Name, ast.Attribute)) and call.func is not use.node:
            last = call.func.id if isinstance(call.func, ast.Name) else call.func.attr
            if last not in CLIENT_CLASSES and use.origin in module.origins(call.func):
                yield call


def _handed(module: Module, use: Use, call: ast.Call) -> Construction:
    """The class is an argument of this call."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in _MAKERS:
        return Construction([call])
    if name in _TAKERS:
        return Construction([])
    within = _calls_in_function(module, use, call, name)
    if within:
        return Construction(within)
    return Construction([], f"the class is handed to {name or 'a call'} (line {call.lineno})")


def _calls_in_function(module: Module, use: Use, call: ast.Call, name: str) -> list[ast.Call]:
    """The calls that a function of this file makes of the parameter that it gets the class by."""
    is_method = isinstance(call.func, ast.Attribute)
    if isinstance(call.func, ast.Attribute) and own_class(module, call.func.value) is None:
        return []
    functions: list[ast.FunctionDef | ast.AsyncFunctionDef] = [
        *module.nodes(ast.FunctionDef),
        *module.nodes(ast.AsyncFunctionDef),
    ]
    found: list[ast.Call] = []
    for function in functions:
        if function.name != name:
            continue
        parameter = _parameter_of(function, call, use.node, is_method)
        for inner in module.nodes(ast.Call):
            if isinstance(inner.func, ast.Name) and inner.func.id == parameter and function in module.parents(inner):
                found.append(inner)
    return found


def _parameter_of(
    function: ast.FunctionDef | ast.AsyncFunctionDef, call: ast.Call, argument: ast.expr, is_method: bool
) -> str:
    for keyword in call.keywords:
        if keyword.value is argument:
            return keyword.arg or ""
    plain = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    position = call.args.index(argument) + is_method if argument in call.args else len(plain)
    return plain[position] if position < len(plain) else ""
