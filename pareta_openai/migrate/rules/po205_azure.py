"""`AzureOpenAI(azure_endpoint=…, api_version=…)` becomes `OpenAI()`, with the deployment as the model.

The class is imported as `OpenAI`, what only Azure has goes, and calls of a client with a deployment name it as their
model, since that is what Azure ran.
"""

from __future__ import annotations

from collections.abc import Iterable

from pareta_openai.migrate import arguments
from pareta_openai.migrate.findings import Finding, Rule
from pareta_openai.migrate.module import Module
from pareta_openai.migrate.project import Project


def check(module: Module, project: Project) -> Iterable[Finding]:
    return arguments.findings(module, project, "PO205")


RULE = Rule("PO205", "azure-client", "suggested", check)
