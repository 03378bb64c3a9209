"""Where a project requires openai, it requires pareta-openai beside it.

In requirements files, pyproject.toml (PEP 621, dependency groups, Poetry, PDM, Hatch, uv), Pipfile, setup.cfg and
conda's environment.yml, where it goes into the list for pip. The line takes over the environment marker, and openai's
own line stays. Reported and left: files that a tool made (hashes, "via" comments, locks), and versions of openai that
are too old.
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


RULE = Rule("PO010", "requirements", "safe", check, words=())
