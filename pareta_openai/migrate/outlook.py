"""What becomes of the clients of the whole project, for files that have none themselves."""

from __future__ import annotations

import re
from typing import NamedTuple

from .clients import clients
from .project import Project

# Packages whose classes read OpenAI's key by themselves.
_READERS = (b"langchain", b"llama_index", b"litellm", b"dspy", b"crewai", b"haystack", b"semantic_kernel", b"agents")

_MAKERS = re.compile(rb"OpenAI\b|\bimport openai\b|\bopenai import\b|" + b"|".join(_READERS))


class Outlook(NamedTuple):
    """The clients of a project, in short."""

    moves: bool
    """Whether any goes to Pareta."""
    stays: str
    """The file of one that stays, or may have to; empty where none does."""
    reads: str
    """Something that goes on with OpenAI's key, and where; empty where nothing does."""


def outlook(project: Project) -> Outlook:
    """Looks through the files that may make a client, once."""
    if "outlook" not in project.memo:
        moves, stays, reads = False, "", ""
        for module in project.modules(_MAKERS):
            readers = [word.decode() for word in _READERS if word in module.data]
            if readers:
                reads = reads or f"{readers[0]} in {module.path} may read it"
            for client in clients(module, project):
                if client.fate == "move":
                    moves = True
                    continue
                stays = stays or module.path
                if not any(target.kind == "other" for target in client.targets):
                    reads = reads or f"a client in {module.path}:{client.node.lineno} may read it"
            if moves and stays and reads:
                break
        project.memo["outlook"] = Outlook(moves, stays, reads)
    found: Outlook = project.memo["outlook"]
    return found
