"""Handlers that name openai's errors go on catching what they caught.

Every exception that Pareta's client raises is a subclass of openai's, so ``except openai.RateLimitError``,
``isinstance`` and retry decorators need no change and get none. What asks for the class itself does: a subclass is not
found by ``type(e) is openai.RateLimitError`` or as the key of a dictionary. And who retries everything retries a 402,
which no retry helps.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import partial

from ..findings import Finding, Rule, Verdict
from ..imported import imports_any
from ..module import Module
from ..openai_errors import classes, error_class, may_be_error
from ..project import Project
from ..verdicts import unchanged

_finding = partial(unchanged, "PO402")

_CATCHES_ON = "Pareta's errors are subclasses of openai's: it goes on catching them."
_PRIVATE = f"{_CATCHES_ON} openai has the class under its own name too: openai.{{}}."
_BEFORE_1 = "openai has no openai.error since 1.0: name openai.{} here."
_BY_IDENTITY = "Pareta's errors are subclasses of openai.{0}, which this does not find: use isinstance(…, openai.{0})."
_RETRIES_402 = (
    "It goes on matching, and with it InsufficientCreditsError (402), which no retry helps: name the classes to retry, "
    "such as openai.RateLimitError, openai.InternalServerError and openai.APIConnectionError."
)
_TESTS = frozenset({"isinstance", "issubclass"})
_RETRIES = frozenset(
    {
        "backoff.on_exception",
        "stamina.retry",
        "stamina.retry_context",
        "tenacity.retry_if_exception_type",
        "tenacity.retry_if_not_exception_type",
        "tenacity.retry_unless_exception_type",
    }
)
_RETRIERS = ("backoff", "stamina", "tenacity")
_BROAD = frozenset({"APIError", "APIStatusError", "OpenAIError"})


def check(module: Module, project: Project) -> Iterable[Finding]:
    del project
    for handler in module.nodes(ast.ExceptHandler):
        for node, name in _errors(module, handler.type):
            yield _finding(module, node, *_caught(module, node, name))
    for call in module.nodes(ast.Call):
        yield from _called(module, call)
    for compare in module.nodes(ast.Compare):
        for part in (compare.left, *compare.comparators):
            for node, name in _errors(module, part):
                yield _finding(module, node, "manual", _BY_IDENTITY.format(name))
    for dictionary in module.nodes(ast.Dict):
        for key in dictionary.keys:
            for node, name in _errors(module, key):
                yield _finding(module, node, "manual", _BY_IDENTITY.format(name))


def _errors(module: Module, node: ast.AST | None) -> Iterator[tuple[ast.AST, str]]:
    for each in filter(partial(may_be_error, module), classes(node)):
        origin = module.resolve(each) or ""
        home, _, name = origin.rpartition(".")
        if origin.startswith("openai.") and (error_class(origin) or home == "openai.error"):
            yield each, name


def _caught(module: Module, node: ast.AST, name: str) -> tuple[Verdict, str]:
    home = (module.resolve(node) or "").rpartition(".")[0]
    if home == "openai.error":
        return "manual", _BEFORE_1.format({"InvalidRequestError": "BadRequestError"}.get(name, name))
    return "left", _CATCHES_ON if home == "openai" else _PRIVATE.format(name)


def _called(module: Module, call: ast.Call) -> Iterator[Finding]:
    function = call.func
    is_test = (
        isinstance(function, ast.Name) and function.id in _TESTS and module.scope(function).find(function.id) is None
    )
    retries = not is_test and imports_any(module, *_RETRIERS) and module.resolve(function) in _RETRIES
    if not (is_test or retries):
        return
    values = call.args[1:2] if is_test else [*call.args, *(keyword.value for keyword in call.keywords)]
    for value in values:
        for node, name in _errors(module, value):
            if retries and name in _BROAD and "not" not in (module.resolve(function) or ""):
                yield _finding(module, node, "manual", _RETRIES_402)
            else:
                yield _finding(module, node, *_caught(module, node, name))


RULE = Rule("PO402", "handlers-of-errors", "manual", check)
