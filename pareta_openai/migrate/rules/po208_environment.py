"""`OPENAI_API_KEY` becomes `PARETA_API_KEY` also where code sets it, asks for it or keeps it as a setting.

Only where every client moves that may read it: those of the file, and for a file that has none, such as settings,
those of the project.
"""

from __future__ import annotations

from collections.abc import Iterable

from pareta_openai.migrate import arguments
from pareta_openai.migrate.clients import clients
from pareta_openai.migrate.environment import Mention, mentions, messages, outlook
from pareta_openai.migrate.findings import Finding, Rule
from pareta_openai.migrate.module import Module
from pareta_openai.migrate.moves import moved_uses
from pareta_openai.migrate.project import Project

_KNOWN = ("PARETA_API_KEY", "PARETA_BASE_URL")


def check(module: Module, project: Project) -> Iterable[Finding]:
    found = [each for each in mentions(module) if arguments.new_name(each.name) in _KNOWN]
    if not found:
        return
    followed = arguments.followed(module, project)
    staying = _staying(module, project)
    told: set[str] = set()
    for mention in found:
        if mention.node not in followed:
            yield _finding(module, mention, staying, is_told=mention.name in told)
            told.add(mention.name)


def _staying(module: Module, project: Project) -> str | None:
    """Why a variable stays; None where nothing goes that would read it under its new name."""
    own = [client for client in clients(module, project) if not client.use.origin.startswith("pareta_openai")]
    if not own:
        view = outlook(project)
        return view.stays if view.moves else None
    moved = moved_uses(module, project)
    stays = [client for client in own if client.use not in moved]
    if len(stays) == len(own):
        return None
    return f"the client in line {stays[0].node.lineno} may read it" if stays else ""


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
    if not is_told:
        edits += messages(module, renames)
    return Finding("PO208", "migrate", span, f"it is {new}", tuple(edits), renames=renames)


RULE = Rule("PO208", "environment-variable", "safe", check)
