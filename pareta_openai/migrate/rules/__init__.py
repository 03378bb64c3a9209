"""The rules, one a module, each with its ``RULE``; the module's docstring is the rule's page."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from pareta_openai.migrate.findings import Rule


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, by id."""
    modules = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
    rules = [module.RULE for module in modules if hasattr(module, "RULE")]
    return tuple(sorted(rules, key=lambda rule: rule.id))


def page_of(rule: Rule) -> str:
    """What the rule's module says of it; the first line is one sentence."""
    return (import_module(rule.check.__module__).__doc__ or "").strip()
