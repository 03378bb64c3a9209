"""Clients of openai's class that talk to somebody else."""

from __future__ import annotations

import ast

from .base_urls import classify
from .calls import argument, string
from .module import Module

_CLASSES = frozenset(f"openai.{name}" for name in ("OpenAI", "AsyncOpenAI", "Client", "AsyncClient"))
_OURS = ("OpenAI", "AsyncOpenAI", "Pareta", "AsyncPareta", "ParetaOpenAI", "AsyncParetaOpenAI")
CLIENTS = frozenset(f"{name}()" for name in (*_CLASSES, *(f"pareta_openai.{name}" for name in _OURS)))
"""The origins of clients, openai's and ours."""


def other_vendor(module: Module) -> str:
    """Whose API a client that this module builds talks to, where that is neither OpenAI's nor Pareta's."""
    if "other_vendor" not in module.memo:
        calls = (call for call in module.nodes(ast.Call) if module.resolve(call.func) in _CLASSES)
        module.memo["other_vendor"] = next(filter(None, map(vendor_of, calls)), "")
    vendor: str = module.memo["other_vendor"]
    return vendor


def vendor_of(construction: ast.Call) -> str:
    """Whose API a construction's ``base_url`` names, where that is neither OpenAI's nor Pareta's."""
    url = string(argument(construction, "base_url"))
    target = classify(url) if url else None
    return target.whose if target is not None and target.kind == "other" else ""


def construction_of(module: Module, node: ast.AST) -> ast.Call | None:
    """The call that made the client `node`, where there is one such call."""
    if isinstance(node, ast.Call):
        inner = node.func.value if isinstance(node.func, ast.Attribute) else None
        is_copy = isinstance(node.func, ast.Attribute) and node.func.attr in ("with_options", "copy")
        return construction_of(module, inner) if is_copy and inner is not None else node
    if isinstance(node, ast.Name):
        home = module.scope(node).find(node.id)
        bindings = home.bindings[node.id] if home is not None else []
        if len(bindings) == 1 and bindings[0].kind in ("value", "entered") and bindings[0].node is not None:
            return construction_of(module, bindings[0].node)
    return None
