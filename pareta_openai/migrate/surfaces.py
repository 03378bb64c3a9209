"""What a client is used for: chat, embeddings, or something that Pareta has not."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .module import Module
from .scopes import Scope
from .values import own_class

UNSERVED = frozenset(
    {
        *("assistants", "threads", "batches", "containers", "conversations", "files", "fine_tuning", "realtime"),
        *("uploads", "vector_stores", "videos", "webhooks", "chatkit", "admin", "live", "skills", "moderations"),
        *("audio", "images"),  # which newer platforms have in a shape of their own
    }
)
"""openai's namespaces that Pareta has nothing for, or something of another shape."""


_SERVED = frozenset({"beta", "chat", "completions", "embeddings", "evals", "models", "responses"})


def used_for(module: Module, made: ast.expr) -> set[str]:
    """The namespaces that the file uses of a client; empty where it hands the client on, so that nobody knows."""
    if isinstance(module.parent(made), ast.Attribute):
        return {_namespace(module, made)}
    holder = _holder(module, made)
    if holder is None:
        return _used_in_file(module)
    found: set[str] = set()
    for node in _mentions(module, *holder):
        if not isinstance(module.parent(node), ast.Attribute):
            return set()
        found.add(_namespace(module, node))
    return found


def _used_in_file(module: Module) -> set[str]:
    """The namespaces that the file uses of any client."""
    if "namespaces" not in module.memo:
        found: set[str] = set()
        for node in module.nodes(ast.Attribute):
            if node.attr in UNSERVED or node.attr in _SERVED:
                origin = module.resolve(node.value) or ""
                if origin.endswith(("()", "().beta")) and origin.startswith(("openai.", "pareta_openai.")):
                    found.add(node.attr)
        module.memo["namespaces"] = found - {"beta"}
    used: set[str] = module.memo["namespaces"]
    return used


def _namespace(module: Module, node: ast.expr) -> str:
    """The name behind `node`, in ``client.files`` and in ``client.beta.threads``."""
    first = module.parent(node)
    assert isinstance(first, ast.Attribute)
    second = module.parent(first)
    if first.attr in ("beta", "with_raw_response", "with_streaming_response") and isinstance(second, ast.Attribute):
        return second.attr
    return first.attr


def _holder(module: Module, made: ast.expr) -> tuple[Scope, str, bool] | None:
    """The scope and name that a client is assigned to, and whether that is an attribute of ``self``."""
    parent = module.parent(made)
    targets = parent.targets if isinstance(parent, ast.Assign) else []
    if isinstance(parent, (ast.AnnAssign, ast.NamedExpr)):
        targets = [parent.target]
    if isinstance(parent, ast.withitem) and parent.optional_vars is not None:
        targets = [parent.optional_vars]
    if len(targets) != 1:
        return None
    target = targets[0]
    if isinstance(target, ast.Name):
        home = module.scope(target).find(target.id)
        return (home, target.id, False) if home is not None else None
    if isinstance(target, ast.Attribute):
        owner = own_class(module, target.value)
        return (owner, target.attr, True) if owner is not None else None
    return None


def _mentions(module: Module, scope: Scope, name: str, is_attribute: bool) -> Iterator[ast.expr]:
    if is_attribute:
        for attribute in module.nodes(ast.Attribute):
            is_read = attribute.attr == name and isinstance(attribute.ctx, ast.Load)
            if is_read and own_class(module, attribute.value) is scope:
                yield attribute
        return
    for node in module.nodes(ast.Name):
        if node.id == name and isinstance(node.ctx, ast.Load) and module.scope(node).find(name) is scope:
            yield node
