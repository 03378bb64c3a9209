"""A field of pydantic settings that reads `OPENAI_API_KEY` by its own name gets an alias for `PARETA_API_KEY`.

The field keeps its name, for the code and the tests that use it; `AliasChoices` lets it be given by that name too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from pareta_openai.migrate.arguments import new_name
from pareta_openai.migrate.environment import KNOWN, why_stays
from pareta_openai.migrate.findings import Edit, Finding, Rule
from pareta_openai.migrate.module import Module
from pareta_openai.migrate.project import Project

_BASES = frozenset({"pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic.v1.BaseSettings"})
_ALIASES = frozenset({"alias", "validation_alias", "env"})


def check(module: Module, project: Project) -> Iterable[Finding]:
    for owner in module.nodes(ast.ClassDef):
        if any(module.resolve(base) in _BASES for base in owner.bases) and "env_prefix" not in module.text(owner):
            for statement in owner.body:
                if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                    yield from _field(module, project, statement, statement.target.id)


def _field(module: Module, project: Project, statement: ast.AnnAssign, name: str) -> Iterator[Finding]:
    old, new = name.upper(), new_name(name.upper())
    value = statement.value
    is_field = isinstance(value, ast.Call) and module.resolve(value.func) in ("pydantic.Field", "pydantic.fields.Field")
    if new not in KNOWN or new == old:
        return
    if isinstance(value, ast.Call) and is_field and any(keyword.arg in _ALIASES for keyword in value.keywords):
        return
    span = module.span(statement)
    stays = why_stays(module, project)
    if stays is None:
        yield Finding("PO209", "left", span, "no client that reads it moves", reads=(old,))
    elif stays:
        message = f"{stays}: give the clients that move a field of their own that reads {new}"
        yield Finding("PO209", "manual", span, message, safety="manual", reads=(old,))
    else:
        alias = f'validation_alias=AliasChoices("{new}", "{name}")'
        edits = (_edit(module, statement, alias, is_field=is_field),)
        needs = ("pydantic.AliasChoices", *(() if is_field else ("pydantic.Field",)))
        yield Finding(
            "PO209", "migrate", span, f"it reads {new}", edits, "suggested", needs=needs, renames=((old, new),)
        )


def _edit(module: Module, statement: ast.AnnAssign, alias: str, *, is_field: bool) -> Edit:
    value = statement.value
    if value is None:
        end = module.span(statement.annotation).end
        return Edit(end, end, f" = Field({alias})".encode())
    if isinstance(value, ast.Call) and is_field:
        given = [*value.args, *value.keywords]
        end = module.span(given[-1]).end if given else module.span(value).end - 1
        return Edit(end, end, f"{', ' if given else ''}{alias}".encode())
    return module.replace(value, f"Field({module.text(value)}, {alias})")


RULE = Rule("PO209", "settings-field", "suggested", check)
