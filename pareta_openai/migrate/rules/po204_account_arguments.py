"""`organization`, `project` and `webhook_secret` go: they belong to an account at OpenAI."""

from __future__ import annotations

from collections.abc import Iterable

from pareta_openai.migrate import arguments
from pareta_openai.migrate.findings import Finding, Rule
from pareta_openai.migrate.module import Module
from pareta_openai.migrate.project import Project


def check(module: Module, project: Project) -> Iterable[Finding]:
    return arguments.findings(module, project, "PO204")


RULE = Rule("PO204", "account-arguments", "safe", check)
