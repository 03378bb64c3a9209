"""Environment variables are renamed where they are set, together with the code that reads them.

In .env files, compose files, workflows, Helm values and templates, Dockerfiles and shell scripts: each name, in
comments too, and OpenAI's URL as the value of the base URL. What other code still reads keeps its name and is reported,
and so are values that only a person can put there: keys, and secrets of a repository or cluster. A file that git
ignores, as it often does `.env`, is not looked into: a key that no other file sets is told.
"""

from __future__ import annotations

from collections.abc import Iterable

from pareta_openai.migrate.findings import Finding, Rule
from pareta_openai.migrate.module import Module
from pareta_openai.migrate.project import Project


def check(module: Module, project: Project) -> Iterable[Finding]:
    """Nothing: what the rule is about is no Python, and `pareta_openai.migrate.settings` looks into it."""
    del module, project
    return ()


RULE = Rule("PO020", "variables", "safe", check, words=())
