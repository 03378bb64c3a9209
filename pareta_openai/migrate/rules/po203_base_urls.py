"""`base_url="https://api.openai.com/v1"` goes, and a variable for it becomes `PARETA_BASE_URL`."""

from __future__ import annotations

from collections.abc import Iterable

from pareta_openai.migrate import arguments
from pareta_openai.migrate.findings import Finding, Rule
from pareta_openai.migrate.module import Module
from pareta_openai.migrate.project import Project


def check(module: Module, project: Project) -> Iterable[Finding]:
    return arguments.findings(module, project, "PO203")


RULE = Rule("PO203", "base-url", "safe", check)
