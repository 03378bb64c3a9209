"""Findings that change nothing."""

from __future__ import annotations

import ast

from .findings import Finding, Verdict
from .module import Module


def unchanged(
    rule: str, module: Module, node: ast.AST, verdict: Verdict, message: str, model: str | None = None
) -> Finding:
    """A place that stays as it is: on purpose, since it needs nothing, or until a person has looked at it."""
    return Finding(rule, verdict, module.span(node), message, safety="manual", model=model)
