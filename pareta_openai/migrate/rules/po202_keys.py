"""The key of a client that moves is read from `PARETA_API_KEY`.

Whatever reads the environment is followed: `os.environ`, `os.getenv`, decouple, environs, django-environ, dotenv. A key
that is written in the code goes, and the client reads the variable by itself; a placeholder becomes one of Pareta's.
Where another client, which stays, reads the same variable, that one keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable

from pareta_openai.migrate import arguments
from pareta_openai.migrate.findings import Finding, Rule
from pareta_openai.migrate.module import Module
from pareta_openai.migrate.project import Project


def check(module: Module, project: Project) -> Iterable[Finding]:
    return arguments.findings(module, project, "PO202")


RULE = Rule("PO202", "client-key", "safe", check)
