"""TypeScript and JavaScript: npm's openai gets Pareta's base URL, key and models.

`new OpenAI(…)` gets `baseURL` and an `apiKey` from `PARETA_API_KEY`; `organization` and `project` go; models are those
of `--model`. Clients of other vendors are left, options that come from elsewhere and Azure's client are reported.
"""

from __future__ import annotations

from collections.abc import Iterable

from pareta_openai.migrate.findings import Finding, Rule
from pareta_openai.migrate.module import Module
from pareta_openai.migrate.project import Project


def check(module: Module, project: Project) -> Iterable[Finding]:
    """Nothing: what the rule is about is no Python, and `pareta_openai.migrate.javascript` looks into it."""
    del module, project
    return ()


RULE = Rule("PO030", "javascript", "suggested", check, words=())
