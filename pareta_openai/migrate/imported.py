"""Which packages a module imports: what a rule asks before it resolves names, which may read other files."""

from __future__ import annotations

import ast

from .module import Module


def imports_any(module: Module, *packages: str) -> bool:
    """Whether the module imports one of these packages, or something in one, anywhere in it."""
    return not _packages(module).isdisjoint(packages)


def _packages(module: Module) -> frozenset[str]:
    if _packages not in module.memo:
        names = {alias.name.partition(".")[0] for node in module.nodes(ast.Import) for alias in node.names}
        names |= {(node.module or "").partition(".")[0] for node in module.nodes(ast.ImportFrom) if not node.level}
        module.memo[_packages] = frozenset(names)
    packages: frozenset[str] = module.memo[_packages]
    return packages
