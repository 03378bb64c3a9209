"""A model's name becomes what `--model` or `[tool.pareta.migrate.models]` says; nothing is guessed."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from pareta_openai.migrate.findings import Edit, Finding, Rule
from pareta_openai.migrate.models import ModelName, model_names
from pareta_openai.migrate.module import Module
from pareta_openai.migrate.project import Project


def check(module: Module, project: Project) -> Iterable[Finding]:
    for found in model_names(module, project):
        new = project.options.models.get(found.name) or None  # a template's empty lines say nothing
        node = found.value.node
        if found.value.kind != "text" or not isinstance(node, ast.Constant):
            continue
        if new is not None and new != found.name:
            message = f"{found.name} is {new} at Pareta"
            edits = tuple(_edits(module, node, new))
            yield Finding("PO301", "migrate", module.span(node), message, edits, model=found.name)
        elif new is None and found.is_deployment and found.value.text != found.name:
            yield from _deployment(module, found, node)


def _deployment(module: Module, found: ModelName, node: ast.Constant) -> Iterator[Finding]:
    message = f"{found.name} is the deployment that Azure ran for this call"
    edits = tuple(_edits(module, node, found.name))
    yield Finding("PO301", "migrate", module.span(node), message, edits, "suggested", model=found.name)


def _edits(module: Module, node: ast.Constant, name: str) -> Iterator[Edit]:
    text = module.text(node)
    quote = text[-1]
    yield module.replace(node, f"{quote}{name}{quote}")


RULE = Rule("PO301", "mapped-model", "safe", check)
