"""Which family of httpx an openai brings: 1 and 2 httpx, 3 httpx2."""

from __future__ import annotations

import ast

from .module import Module
from .project import Project

WORKS = "openai 1 and 2 send through httpx, and this works; with openai 3, which does not, {}."
_CLIENTS = (
    "openai.OpenAI",
    "openai.AsyncOpenAI",
    "openai.AzureOpenAI",
    "openai.AsyncAzureOpenAI",
    "openai.Client",
    "openai.AsyncClient",
)


def has_openai_3(project: Project) -> bool:
    """Whether the project's openai is 3 or later."""
    return (project.openai_major or 0) >= 3


def is_of_client(module: Module, function: ast.AST) -> bool:
    """Whether `function` is a client's class, or a method of a client."""
    origin = module.resolve(function) or ""
    return origin.removeprefix("pareta_").startswith(_CLIENTS)
