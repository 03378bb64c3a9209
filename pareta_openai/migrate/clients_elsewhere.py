"""Clients of openai's class that stay with another vendor."""

from __future__ import annotations

import ast

from .clients import Client, clients
from .module import Module
from .project import Project
from .scopes import Binding
from .values import own_class

_OPENAIS = ("OpenAI", "AsyncOpenAI", "Client", "AsyncClient", "AzureOpenAI", "AsyncAzureOpenAI")
_OURS = ("OpenAI", "AsyncOpenAI", "Pareta", "AsyncPareta", "ParetaOpenAI", "AsyncParetaOpenAI")
CLIENTS = frozenset({*(f"openai.{name}()" for name in _OPENAIS), *(f"pareta_openai.{name}()" for name in _OURS)})
"""The origins of clients, openai's and ours."""


def other_vendor(module: Module, project: Project) -> str:
    """The vendor of a client that this module builds and that does not move; else nothing."""
    return next(filter(None, map(_vendor, clients(module, project))), "")


def other_vendor_anywhere(project: Project) -> str:
    """The vendor of a client that some file of the project builds and that does not move; else nothing."""
    if "other_vendor" not in project.memo:
        found = (other_vendor(module, project) for module in project.modules())
        project.memo["other_vendor"] = next(filter(None, found), "")
    vendor: str = project.memo["other_vendor"]
    return vendor


def vendor_of(module: Module, project: Project, node: ast.AST) -> str:
    """The vendor of the client `node`, where that does not move; else nothing."""
    built = _construction(module, node)
    return next((_vendor(client) for client in clients(module, project) if client.node is built), "")


def _vendor(client: Client) -> str:
    if client.fate != "stay" or any(target.kind != "other" for target in client.targets):
        return ""
    return client.targets[0].whose if client.targets else "another vendor"


def _construction(module: Module, node: ast.AST) -> ast.Call | None:
    """The call that made the client `node`, where there is one such call."""
    if isinstance(node, ast.Call):
        is_copy = isinstance(node.func, ast.Attribute) and node.func.attr in ("with_options", "copy")
        return _construction(module, node.func.value) if is_copy and isinstance(node.func, ast.Attribute) else node
    bindings: list[Binding] = []
    if isinstance(node, ast.Name):
        home = module.scope(node).find(node.id)
        bindings = home.bindings[node.id] if home is not None else []
    elif isinstance(node, ast.Attribute):
        owner = own_class(module, node.value)
        bindings = owner.attributes.get(node.attr, []) if owner is not None else []
    if len(bindings) == 1 and bindings[0].kind in ("value", "entered") and bindings[0].node is not None:
        return _construction(module, bindings[0].node)
    return None
