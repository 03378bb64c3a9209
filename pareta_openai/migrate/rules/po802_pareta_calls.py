"""Calls of Pareta's own client that have another shape here, or none.

The control plane, chat and evals are called alike. What the newer client added (``auto``, ``rerank``,
``propose_contract``, and ``embeddings``, ``images`` and ``audio`` in a shape of Pareta's own) is not; its low-level
``request`` is openai's here; and an exception of a status is made from the response.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from ..calls import argument
from ..findings import Finding, Rule
from ..module import Module
from ..pareta_client import SAME
from ..project import Project
from ..verdicts import unchanged

_NAMES = ("Pareta", "AsyncPareta", "ParetaOpenAI", "AsyncParetaOpenAI")
_CLIENTS = frozenset(
    f"{package}.{name}{made}"
    for package in ("pareta", "pareta_openai")
    for name in _NAMES
    for made in ("()", ".from_env()")
)
_ATTRIBUTES = {
    "auto": "client.auto is not there: client.get('/auto/metrics', cast_to=dict) and its like.",
    "rerank": "client.rerank is not there: client.post('/rerank', body={'query': …, 'documents': …}, cast_to=dict).",
}
_METHODS = {
    "evals.propose_contract": (
        "client.evals.propose_contract is not there: name the task, which client.tasks.match('…') finds."
    ),
    "images.generate": "Here it is openai's: its answer has .data[0].b64_json, and extra_body={'seed': …} takes more.",
    "images.edit": "Here it is openai's: client.images.edit(image=…, prompt=…), with .data[0].b64_json in the answer.",
}
_CALLED = {
    "embeddings": "client.embeddings is openai's here: .create(input=…, model=…), with .data[0].embedding.",
    "audio.transcriptions": "client.audio is openai's here: client.post('/audio/transcriptions', body=…, …).",
    "audio.speech": "client.audio is openai's here: client.post('/audio/speech', body={'text': …}, cast_to=dict).",
    "request": "client.request is openai's here: client.get('/…', cast_to=dict), with the path behind /v1.",
    "stream": "client.stream is not there: client.post('/…', stream=True, stream_cls=openai.Stream[dict], …).",
}
_MADE = "Here it is made as openai's are: {name}(message, response=httpx.Response({status}, request=…), body=None)."
_LOST = "Here it is made as openai's are: {name}(request=httpx.Request('POST', url))."


def check(module: Module, project: Project) -> Iterable[Finding]:
    del project
    for attribute in module.nodes(ast.Attribute):
        path, client = _path_of(attribute)
        advice = _advice(module, attribute, path)
        if advice and module.resolve(client) in _CLIENTS:
            yield unchanged("PO802", module, attribute, "manual", advice)
    for call in module.nodes(ast.Call):
        made = _made(module, call)
        if made:
            yield unchanged("PO802", module, call, "manual", made)


def _path_of(attribute: ast.Attribute) -> tuple[str, ast.AST]:
    """Up to two names behind something, and that something."""
    inner = attribute.value
    if isinstance(inner, ast.Attribute) and inner.attr in ("audio", "evals", "images"):
        return f"{inner.attr}.{attribute.attr}", inner.value
    return attribute.attr, inner


def _advice(module: Module, attribute: ast.Attribute, path: str) -> str | None:
    call = module.parent(attribute)
    is_called = isinstance(call, ast.Call) and call.func is attribute
    if is_called and path in _CALLED:
        return _CALLED[path]
    if path == "images.generate" and isinstance(call, ast.Call) and not call.args:
        return None
    return _ATTRIBUTES.get(path) or _METHODS.get(path)


def _made(module: Module, call: ast.Call) -> str | None:
    status, cause = argument(call, "status_code"), argument(call, "cause")
    if status is None and cause is None:
        return None
    package, _, name = (module.resolve(call.func) or "").rpartition(".")
    if package not in ("pareta", "pareta_openai") or name not in SAME or not name.endswith("Error"):
        return None
    return _LOST.format(name=name) if status is None else _MADE.format(name=name, status=module.text(status))


RULE = Rule("PO802", "calls-of-pareta", "manual", check, words=(b"pareta",))
