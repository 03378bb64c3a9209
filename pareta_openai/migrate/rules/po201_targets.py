"""Where a client points decides whether it moves: only what talks to OpenAI, Azure or Pareta does.

Literals, constants, defaults, branches, dictionaries and the names of variables tell. Ollama, OpenRouter and their like
stay with openai, with the reason; what the file does not tell is for a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pareta_openai.migrate.clients import Client, clients
from pareta_openai.migrate.findings import Finding, Rule
from pareta_openai.migrate.module import Module
from pareta_openai.migrate.moves import moved_uses
from pareta_openai.migrate.project import Project
from pareta_openai.migrate.values import values

_READ_BY_ITSELF = {
    "api_key": ("OPENAI_API_KEY", "PARETA_API_KEY"),
    "base_url": ("OPENAI_BASE_URL", "PARETA_BASE_URL"),
}


def check(module: Module, project: Project) -> Iterable[Finding]:
    found = clients(module, project)
    moved = moved_uses(module, project) if found else set()
    for client in found:
        if client.use.origin.startswith("pareta_openai") or (client.hidden and client.fate == "ask"):
            continue  # the second is PO206's
        yield from _finding(module, client, client.use in moved)


def _finding(module: Module, client: Client, is_moved: bool) -> Iterator[Finding]:
    span = module.span(client.node)
    if is_moved:
        safety = "suggested" if client.is_azure else "safe"
        renames = tuple(names for argument, names in _READ_BY_ITSELF.items() if not client.argument(argument))
        yield Finding("PO201", "migrate", span, f"{client.reason}: it becomes Pareta's", safety=safety, renames=renames)  # type: ignore[arg-type]
    elif client.fate == "suggest":
        message = f"{client.reason}: look where that leads (--unsafe makes it Pareta's)"
        yield Finding("PO201", "manual", span, message, safety="suggested", reads=_reads(module, client))
    elif client.fate == "stay":
        yield Finding("PO201", "left", span, f"{client.reason}, so it stays", reads=_reads(module, client))
    elif client.fate == "move":
        yield Finding("PO201", "left", span, "its import stays, and so does it", reads=_reads(module, client))
    else:
        message = (
            f"{client.reason}: where that is OpenAI, take pareta_openai's class here; "
            "where it is another vendor, leave it and say # pareta: ignore[PO201]"
        )
        yield Finding("PO201", "manual", span, message, safety="manual", reads=_reads(module, client))


def _reads(module: Module, client: Client) -> tuple[str, ...]:
    """The environment variables of OpenAI's that a client goes on reading."""
    key = client.argument("api_key")
    if key is None:
        return ("OPENAI_API_KEY",)
    return tuple(value.text for value in values(module, key.value) if value.kind == "variable")


RULE = Rule("PO201", "where-a-client-points", "safe", check)
