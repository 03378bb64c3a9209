"""What is looked at in a request before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .aliases import resolve

if TYPE_CHECKING:
    from .aliases import ModelAliases

# What Pareta has and OpenAI has not: no `model` in these bodies is the name of an endpoint.
CONTROL_PLANE = ("/endpoints", "/tasks", "/eval", "/playground")


def check_request(path: str, body: Any, aliases: ModelAliases) -> Any:
    """The body to send in place of `body`. Raises `ValueError` for one that cannot succeed."""
    if not isinstance(body, Mapping) or path.startswith(CONTROL_PLANE):
        return body
    if path == "/chat/completions":
        _refuse_empty_chat(body)
    model = body.get("model")
    if not aliases or not isinstance(model, str):
        return body
    return {**body, "model": resolve(aliases, model)}


def _refuse_empty_chat(body: Mapping[str, Any]) -> None:
    if not body.get("model"):
        raise ValueError(
            f"model is {body.get('model')!r}: name an endpoint. client.models.list() has those that can be called."
        )
    if not body.get("messages"):
        raise ValueError(
            f'messages is {body.get("messages")!r}: send at least one, such as {{"role": "user", "content": "Hello"}}.'
        )
