"""A model's name that no map has is reported, with where it comes from: Pareta knows endpoints, not OpenAI's models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pareta_openai.migrate.findings import Finding, Rule
from pareta_openai.migrate.models import OPENAIS, ModelName, model_names
from pareta_openai.migrate.module import Module
from pareta_openai.migrate.project import Project


def check(module: Module, project: Project) -> Iterable[Finding]:
    sources: set[str] = set()
    for found in model_names(module, project):
        if found.value.kind == "text":
            yield from _named(module, project, found)
        elif found.value.kind != "none" and found.value.text not in sources:
            sources.add(found.value.text)
            span = module.span(found.value.node or found.call.func)
            message = (
                f"the model comes from {found.value.text}: have it name an endpoint of Pareta's, "
                "or give the client model_aliases={…}"
            )
            yield Finding("PO302", "manual", span, message, safety="manual")


def _named(module: Module, project: Project, found: ModelName) -> Iterator[Finding]:
    models = project.options.models
    if found.value.file and models.get(found.name):
        message = f"{found.name} is written in {found.value.file}: write {models[found.name]} there"
        span = module.span(found.call.func)
        yield Finding("PO302", "manual", span, message, safety="manual", model=found.name)
    if models.get(found.name) or found.name in models.values() or not OPENAIS.match(found.name):
        return
    message = f"{found.name} has no endpoint yet: say --model {found.name}=ep_… with one of yours"
    span = module.span(found.value.node or found.call.func)
    yield Finding("PO302", "manual", span, message, safety="manual", model=found.name)


RULE = Rule("PO302", "unmapped-model", "manual", check)
