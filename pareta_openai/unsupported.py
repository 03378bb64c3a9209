"""What of openai's client Pareta answers, since which version of the platform, and what stands in for the rest."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, cached_property, partial, wraps
from typing import Any

import openai

from . import errors

SERVED = {
    ("POST", "/chat/completions"): "0.3",
    ("GET", "/models"): "0.3",
    ("POST", "/embeddings"): "1.0",
    ("POST", "/images/generations"): "1.0",
    ("POST", "/images/edits"): "1.0",
    ("POST", "/audio/transcriptions"): "1.0",
    ("POST", "/audio/speech"): "1.0",
}
"""The calls of openai's that Pareta answers → the first version of the platform that does."""

_CHAT = "client.chat.completions.create(…) answers a conversation"
_IN_ITS_PLACE = {
    "agents": _CHAT,
    "assistants": _CHAT,
    "audio": "client.audio.transcriptions.create(…) writes down a recording, client.audio.speech.create(…) reads out",
    "batches": "AsyncOpenAI sends many calls side by side",
    "chat": "Pareta keeps no completions: keep what create(…) answers",
    "chatkit": _CHAT,
    "completions": _CHAT,
    "conversations": "send the messages so far with each client.chat.completions.create(…)",
    "embeddings": "client.embeddings.create(…) makes vectors",
    "evals": "client.evals.sets.create(…) takes your rows, client.evals.runs.create(…) runs on them",
    "files": "client.evals.sets.create(items=…) and client.evals.sets.upload_document(…) take files",
    "fine_tuning": "client.endpoints.deploy(task=…) deploys a model that is made for a task",
    "images": "client.images.generate(…) and client.images.edit(…) make pictures",
    "models": "client.models.list() has the live endpoints, client.endpoints.retrieve(id) and .delete(id) one",
    "moderations": "client.tasks.match(…) finds a task that tells texts apart, client.endpoints.deploy(…) its model",
    "organization": "organisations, keys and bills are in the Pareta dashboard",
    "projects": "organisations, keys and bills are in the Pareta dashboard",
    "realtime": "client.chat.completions.create(…, stream=True) answers as it goes",
    "responses": _CHAT,
    "threads": "send the messages so far with each client.chat.completions.create(…)",
    "uploads": "client.evals.sets.upload_document(…) takes files of any size",
    "vector_stores": "client.embeddings.create(…) makes the vectors: keep them in a store of yours",
}
"""By the first part of the path."""

_NOTHING = "there is nothing in its place"
_OTHERS_OF_OPENAIS = frozenset({"vaults", "webhook_endpoints", "webhook_event_types"})
_PARETAS = frozenset({"auto", "endpoints", "eval", "eval-runs", "eval-sets", "playground", "rerank", "tasks"})

CONNECTING = frozenset({"beta", "live", "realtime", "responses"})
"""openai's namespaces in which there is a `connect`, which opens a WebSocket past the client."""


def is_served(method: str, path: str) -> bool:
    return (method.upper(), path) in SERVED


def is_openais(path: str) -> bool:
    """Whether openai's client has calls there."""
    part = _first_part(path)
    return part not in _PARETAS and (part in _IN_ITS_PLACE or part in _OTHERS_OF_OPENAIS or part in _namespaces())


def check(client: Any, method: str, path: str) -> None:
    """Raises `UnsupportedOnParetaError` for a call of openai's that Pareta does not answer, with what does."""
    if not is_served(method, path) and is_openais(path):
        raise errors.unsupported(client, method, path, _IN_ITS_PLACE.get(_first_part(path), _NOTHING))


def missing_before(method: str, path: str) -> str | None:
    """The version of the platform before which there is no such route; None where all versions have it."""
    since = SERVED.get((method.upper(), path))
    return None if since == "0.3" else since


def _first_part(path: str) -> str:
    return re.split("[/?]", path.lstrip("/"), maxsplit=1)[0]


@cache
def _namespaces() -> frozenset[str]:
    """Of the installed openai, which may have more than are known here."""
    return frozenset(
        name for name in dir(openai.OpenAI) if isinstance(getattr(openai.OpenAI, name, None), cached_property)
    )


def refuse_connections(client: Any, name: str, namespace: Any) -> Any:
    """Have every `connect` in a namespace of `client` raise as `check` does, and give the namespace."""
    for attribute in dir(type(namespace)):
        member = getattr(type(namespace), attribute)
        if attribute == "connect":
            namespace.connect = _refusing(client, f"/{name}", namespace.connect)
        elif isinstance(member, cached_property) and not attribute.startswith("with_"):
            refuse_connections(client, attribute, getattr(namespace, attribute))
    return namespace


def _refusing(client: Any, path: str, connect: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(connect)
    def refuse(*args: Any, **kwargs: Any) -> Any:
        if not client._options.allow_unsupported:
            check(client, "GET", path)
        return connect(*args, **kwargs)

    return refuse


def guard_connections(client_class: Any) -> None:
    """Have `client_class`, a base of our clients, give openai's namespaces as `refuse_connections` leaves them."""
    for name in CONNECTING:
        if isinstance(getattr(openai.OpenAI, name, None), cached_property):
            guarded: cached_property[Any] = cached_property(partial(_load_guarded, client_class, name))
            guarded.__set_name__(client_class, name)
            setattr(client_class, name, guarded)


def _load_guarded(client_class: Any, name: str, client: Any) -> Any:
    return refuse_connections(client, name, getattr(super(client_class, client), name))
