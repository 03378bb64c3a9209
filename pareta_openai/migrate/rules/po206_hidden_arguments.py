"""Arguments in a dictionary that is not in sight are for a person; one in sight is migrated where it stands."""

from __future__ import annotations

from collections.abc import Iterable

from pareta_openai.migrate.clients import clients
from pareta_openai.migrate.findings import Finding, Rule
from pareta_openai.migrate.module import Module
from pareta_openai.migrate.project import Project


def check(module: Module, project: Project) -> Iterable[Finding]:
    for client in clients(module, project):
        if not client.hidden or client.fate == "stay" or client.use.origin.startswith("pareta_openai"):
            continue
        message = f"{client.hidden} may hold api_key, base_url, organization or project of OpenAI's: look there"
        if client.fate == "ask":
            message = (
                f"its arguments come from {client.hidden}, and with them where it points: "
                "where that is OpenAI, take pareta_openai's class here"
            )
        yield Finding("PO206", "manual", module.span(client.node), message, safety="manual")


RULE = Rule("PO206", "hidden-arguments", "manual", check)
