"""OpenAI's surfaces that Pareta has not: what it has in their place.

Assistants, files, fine-tuning, batches and realtime go to OpenAI's own servers and have no route at Pareta: a client
that moves cannot call them. Keep a second client, ``openai.OpenAI()``, for what has to stay, or take what Pareta has.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import partial

from ..calls import argument
from ..clients_elsewhere import CLIENTS, vendor_of
from ..findings import Finding, Rule
from ..module import Module
from ..project import Project
from ..verdicts import unchanged

_finding = partial(unchanged, "PO602")

_KEEP = "keep an openai.OpenAI() for this"
_INSTEAD = {
    "admin": "keys and members are managed in Pareta's dashboard",
    "audio": "newer platforms have speech and transcriptions in a shape of their own: client.post('/audio/speech', …)",
    "batches": "send the calls themselves, several at a time with AsyncOpenAI",
    "beta.assistants": "keep the conversation in your own messages and call client.chat.completions.create",
    "beta.realtime": _KEEP,
    "beta.threads": "keep the conversation in your own messages and call client.chat.completions.create",
    "beta.vector_stores": f"search in a store of your own, or {_KEEP}",
    "completions": "call client.chat.completions.create(messages=[{'role': 'user', 'content': prompt}])",
    "containers": _KEEP,
    "conversations": "keep the conversation in your own messages and call client.chat.completions.create",
    "evals": "call client.evals.sets.create(task=…, items=…) and client.evals.runs.create(eval_set=…, models=…)",
    "files": "put the text into the messages; rows for evals go to client.evals.sets.create(items=…)",
    "fine_tuning": "find a model that is good at the task: client.tasks.match('…'), client.tasks.leaderboard(task)",
    "images": "newer platforms have it in a shape of their own: client.post('/images/generations', …)",
    "live": _KEEP,
    "moderations": f"moderate with a chat completion, or {_KEEP}",
    "realtime": _KEEP,
    "uploads": f"put the text into the messages, or {_KEEP}",
    "vector_stores": f"search in a store of your own, or {_KEEP}",
    "videos": _KEEP,
}
_NEWER = {"embeddings": "Newer platform versions answer embeddings in OpenAI's shape; older ones answer 404."}
_OPENAIS_EVALS = ("create", "retrieve", "update", "list", "delete")


def check(module: Module, project: Project) -> Iterable[Finding]:
    for attribute in module.nodes(ast.Attribute):
        client, surface = _surface_of(attribute)
        if surface not in _INSTEAD and surface not in _NEWER:
            continue
        if module.resolve(client) not in CLIENTS:
            continue
        vendor = vendor_of(module, project, client)
        if vendor:
            yield _finding(module, attribute, "left", f"This client stays with {vendor}.")
        elif surface in _NEWER:
            yield _finding(module, attribute, "left", _NEWER[surface])
        elif surface != "evals" or _is_openais_eval(module, attribute):
            yield _finding(module, attribute, "manual", f"Pareta has no {surface}: {_INSTEAD[surface]}.")


def _surface_of(attribute: ast.Attribute) -> tuple[ast.AST, str]:
    """The client and the surface that an attribute is, such as ``files`` or ``beta.threads``."""
    inner = attribute.value
    if isinstance(inner, ast.Attribute) and inner.attr == "beta":
        return inner.value, f"beta.{attribute.attr}"
    return inner, attribute.attr


def _is_openais_eval(module: Module, evals: ast.Attribute) -> bool:
    """Whether the call has OpenAI's shape and not Pareta's."""
    method = module.parent(evals)
    if not isinstance(method, ast.Attribute):
        return False
    run = module.parent(method)
    if method.attr == "runs" and isinstance(run, ast.Attribute) and run.attr == "create":
        call = module.parent(run)
        return isinstance(call, ast.Call) and argument(call, "data_source") is not None
    return method.attr in _OPENAIS_EVALS


RULE = Rule("PO602", "surfaces-of-openais-own", "manual", check)
