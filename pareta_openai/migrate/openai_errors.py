"""Where code has an exception of openai's in its hands."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .module import Module

NAMES = frozenset(
    [
        "APIConnectionError",
        "APIError",
        "APIResponseValidationError",
        "APIStatusError",
        "APITimeoutError",
        "AuthenticationError",
        "BadRequestError",
        "ConflictError",
        "InternalServerError",
        "NotFoundError",
        "OpenAIError",
        "PermissionDeniedError",
        "RateLimitError",
        "UnprocessableEntityError",
    ]
)
_HOMES = ("openai", "openai._exceptions", "pareta_openai")
_PARETAS_OWN = frozenset({"EndpointNotReadyError", "InsufficientCreditsError", "IncompleteStreamError", "ParetaError"})


def error_class(origin: str | None) -> str | None:
    """The class's name, where `origin` is an exception of openai's, or of ours, which are openai's too."""
    home, _, name = (origin or "").rpartition(".")
    is_one = home in _HOMES and (name in NAMES or (home == "pareta_openai" and name in _PARETAS_OWN))
    return name if is_one else None


def may_be_error(module: Module, node: ast.AST) -> bool:
    """Whether `node` can name such an exception, as far as names tell: what to ask before it is resolved."""
    if isinstance(node, ast.Attribute):
        return node.attr in NAMES
    return isinstance(node, ast.Name) and (node.id in NAMES or node.id in _renamed(module))


def _renamed(module: Module) -> frozenset[str]:
    """The names that the module's imports give to such exceptions."""
    if _renamed not in module.memo:
        aliases = (alias for node in module.nodes(ast.ImportFrom) for alias in node.names if alias.asname)
        module.memo[_renamed] = frozenset(alias.asname for alias in aliases if alias.name in NAMES)
    renamed: frozenset[str] = module.memo[_renamed]
    return renamed


def classes(node: ast.AST | None) -> list[ast.AST]:
    """What stands for one class or more: the elements of a tuple, and of tuples in it."""
    if isinstance(node, ast.Tuple):
        return [inner for element in node.elts for inner in classes(element)]
    return [] if node is None else [node]


def is_error(module: Module, node: ast.AST) -> bool:
    """Whether `node` can only be an exception of openai's: caught, narrowed by ``isinstance``, or annotated so."""
    if not isinstance(node, ast.Name):
        return False
    if error_class((module.resolve(node) or "").removesuffix("()")):
        return True
    handler = _handler_of(module, node)
    if handler is None:
        return False
    return _all_are_openais(module, handler.type) or any(
        _all_are_openais(module, narrowed) for narrowed in _narrowed(module, node)
    )


def _all_are_openais(module: Module, node: ast.AST | None) -> bool:
    found = classes(node)
    return bool(found) and all(error_class(module.resolve(each)) for each in found)


def _handler_of(module: Module, name: ast.Name) -> ast.ExceptHandler | None:
    """The handler whose ``as`` binds `name`, where that is what the name means."""
    home = module.scope(name).find(name.id)
    for parent in module.parents(name):
        if isinstance(parent, ast.ExceptHandler) and parent.name == name.id and module.scope(parent) is home:
            return parent
    return None


def _narrowed(module: Module, name: ast.Name) -> Iterator[ast.AST]:
    """The classes of each ``isinstance(name, …)`` that holds where `name` stands."""
    inner: ast.AST = name
    for parent in module.parents(name):
        if isinstance(parent, ast.BoolOp) and isinstance(parent.op, ast.And):
            for value in parent.values:
                if value is inner:
                    break
                yield from _tested(value, name.id)
        elif isinstance(parent, ast.If) and inner in parent.body:
            yield from _tested(parent.test, name.id)
        elif isinstance(parent, ast.ExceptHandler):
            break
        inner = parent


def _tested(test: ast.AST, name: str) -> Iterator[ast.AST]:
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        for value in test.values:
            yield from _tested(value, name)
    match test:
        case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=tested), narrowed]) if tested == name:
            yield narrowed
