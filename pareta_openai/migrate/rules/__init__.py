"""The rules, one a module, each with its ``RULE``; the module's docstring is the rule's page."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from pareta_openai.migrate.findings import Rule


@cache
def _modules() -> dict[str, ModuleType]:
    modules = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
    return {module.RULE.id: module for module in modules if hasattr(module, "RULE")}


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, by id."""
    modules = _modules()
    return tuple(modules[rule].RULE for rule in sorted(modules))


def page_of(rule: Rule) -> str:
    """What the rule's module says of it; the first line is one sentence."""
    return (_modules()[rule.id].__doc__ or "").strip()


def sentence_of(rule: Rule) -> str:
    """The first line of its page."""
    return page_of(rule).partition("\n")[0]
