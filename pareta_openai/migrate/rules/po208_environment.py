"""`OPENAI_API_KEY` becomes `PARETA_API_KEY` also where code sets it, asks for it or keeps it as a setting.

Only where every client moves that may read it: those of the file, and for a file that has none, such as settings,
those of the project.
"""

from __future__ import annotations

from collections.abc import Iterable

from pareta_openai.migrate import arguments
from pareta_openai.migrate.environment import KNOWN, Mention, mentions, messages, value_of, why_stays
from pareta_openai.migrate.findings import Finding, Rule
from pareta_openai.migrate.module import Module
from pareta_openai.migrate.project import Project


def check(module: Module, project: Project) -> Iterable[Finding]:
    found = [each for each in mentions(module) if arguments.new_name(each.name) in KNOWN]
    if not found:
        return
    followed = arguments.followed(module, project)
    staying = why_stays(module, project)
    told: set[str] = set()
    for mention in found:
        if mention.node not in followed:
            yield _finding(module, mention, staying, is_told=mention.name in told)
            told.add(mention.name)


def _finding(module: Module, mention: Mention, staying: str | None, *, is_told: bool) -> Finding:
    span = module.span(mention.node)
    new = arguments.new_name(mention.name)
    if staying is None:
        return Finding("PO208", "left", span, "no client that reads it moves", reads=(mention.name,))
    if staying:
        message = f"{staying}: have {new} set and read for the clients that move"
        return Finding("PO208", "manual", span, message, safety="manual", reads=(mention.name,))
    text = module.text(mention.node)
    renames = ((mention.name, new),)
    edits = [module.replace(mention.node, text.replace(mention.name, new))]
    value = value_of(module, mention.node)
    if value is not None:
        edits += arguments.pareta_key(module, value)
    if not is_told:
        edits += messages(module, renames)
    return Finding("PO208", "migrate", span, f"it is {new}", tuple(edits), renames=renames)


RULE = Rule("PO208", "environment-variable", "safe", check)
