"""Code that goes by the code or type in OpenAI's errors needs a person: Pareta's own errors have neither.

The platform says what went wrong by the status, and the client by the class: out of credit is
``InsufficientCreditsError``, not ``insufficient_quota``. Only what a model server itself refuses comes with OpenAI's
fields, and with that server's codes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from ..findings import Finding, Rule
from ..module import Module
from ..openai_errors import is_error
from ..project import Project
from ..verdicts import unchanged

_FIELDS = frozenset({"body", "code", "param", "type"})
_INSTEAD = {
    "billing_hard_limit_reached": "InsufficientCreditsError (402)",
    "billing_not_active": "InsufficientCreditsError (402)",
    "insufficient_quota": "InsufficientCreditsError (402)",
    "invalid_api_key": "AuthenticationError (401)",
    "model_not_found": "NotFoundError (404)",
    "rate_limit_exceeded": "RateLimitError (429)",
    "server_error": "InternalServerError (5xx)",
}


def check(module: Module, project: Project) -> Iterable[Finding]:
    del project
    for compare in module.nodes(ast.Compare):
        if _goes_by_code(module, compare):
            yield _finding(module, compare, compare)
    for match in module.nodes(ast.Match):
        if _reads_field(module, match.subject):
            yield _finding(module, match.subject, match)


def _goes_by_code(module: Module, compare: ast.Compare) -> bool:
    parts = [compare.left, *compare.comparators]
    if any(_reads_field(module, node) for part in parts for node in ast.walk(part)):
        return True
    names_code = any(isinstance(part, ast.Constant) and part.value in _INSTEAD for part in parts)
    return names_code and any(is_error(module, node) for part in parts for node in ast.walk(part))


def _reads_field(module: Module, node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in _FIELDS and is_error(module, node.value)


def _finding(module: Module, place: ast.AST, asked: ast.AST) -> Finding:
    constants = [node.value for node in ast.walk(asked) if isinstance(node, ast.Constant)]
    instead = sorted({_INSTEAD[value] for value in constants if isinstance(value, str) and value in _INSTEAD})
    advice = f": catch pareta_openai's {' or '.join(instead)}." if instead else ": go by the class, or by status_code."
    message = f"Pareta's own errors have neither code nor type{advice}"
    return unchanged("PO403", module, place, "manual", message)


RULE = Rule("PO403", "codes-of-errors", "manual", check)
