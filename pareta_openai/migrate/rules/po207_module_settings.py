"""`openai.api_key = …` and its like are set on Pareta's module, through which `openai.chat.completions.create` goes.

Key and base URL are rewritten as those of a client are; what belongs to an account at OpenAI goes.
"""

from __future__ import annotations

from collections.abc import Iterable

from pareta_openai.migrate import arguments
from pareta_openai.migrate.findings import Finding, Rule
from pareta_openai.migrate.module import Module
from pareta_openai.migrate.project import Project


def check(module: Module, project: Project) -> Iterable[Finding]:
    return arguments.findings(module, project, "PO207")


RULE = Rule("PO207", "module-settings", "safe", check)
