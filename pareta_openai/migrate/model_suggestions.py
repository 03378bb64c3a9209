"""What may stand in the model map for names that it has not: asked of the platform, where there is a key for it."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from .findings import Span
from .module import Module
from .planning import Plan
from .source import Source, Unreadable

_SECONDS = 5
_MOST = 5
"""Names whose prompts are looked at: each is a request."""


def suggestions(
    plan: Plan, environment: Mapping[str, str] = os.environ, *, send_prompts: bool = False
) -> Iterator[str]:
    """Lines for a person: the organisation's live endpoints. None without a key.

    With `send_prompts` the platform is sent prompts out of the source, and says what tasks they fit.
    """
    places = _unmapped(plan)
    if not places or not environment.get("PARETA_API_KEY"):
        return
    platform = _Platform(environment)
    try:
        live = [model["id"] for model in platform.ask("/models")["data"]]
        yield f"Live endpoints of yours: {', '.join(live)}" if live else "You have no live endpoint yet."
        if not send_prompts:
            yield "--suggest asks which of Pareta's tasks fit the prompts, and sends them there."
            return
        for name, (path, line) in list(places.items())[:_MOST]:
            prompt = _prompt(plan, path, line)
            chosen = platform.ask("/tasks/match", {"query": prompt, "top_k": 1}).get("chosen") if prompt else None
            if chosen:
                yield f"{name} in {path}:{line}: its prompt fits the task {chosen['task_id']}"
    except (URLError, ValueError, KeyError, TypeError, TimeoutError) as error:
        yield f"The platform could not be asked for endpoints: {error}"


def _unmapped(plan: Plan) -> dict[str, tuple[str, int]]:
    """The models with no place in the map, and the first place of each."""
    found: dict[str, tuple[str, int]] = {}
    for file in plan.files:
        for entry in file.entries:
            if entry.model and entry.verdict == "manual":
                found.setdefault(entry.model, (file.path, entry.line))
    return found


class _Platform:
    def __init__(self, environment: Mapping[str, str]) -> None:
        base_url = environment.get("PARETA_BASE_URL", "").strip() or "https://api.pareta.ai"
        self._root = base_url.rstrip("/").removesuffix("/v1") + "/v1"
        self._headers = {
            "Authorization": f"Bearer {environment['PARETA_API_KEY']}",
            "Content-Type": "application/json",
        }

    def ask(self, path: str, body: object = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(self._root + path, data, self._headers), timeout=_SECONDS) as answer:
            found: dict[str, Any] = json.load(answer)
        return found


def _prompt(plan: Plan, path: str, line: int) -> str:
    """The system message of the call around a line, else its first message; nothing where that is no literal."""
    texts: list[tuple[bool, str]] = []
    with suppress(SyntaxError, Unreadable, OSError):
        module = Module(Source.from_bytes((plan.root / path).read_bytes()), path)
        for call in module.nodes(ast.Call):
            if line in _lines(module, module.span(call)):
                for keyword in call.keywords:
                    if keyword.arg == "messages" and isinstance(keyword.value, ast.List):
                        texts += [_message(each) for each in keyword.value.elts if isinstance(each, ast.Dict)]
    return max(texts, default=(False, ""), key=lambda text: text[0])[1]


def _lines(module: Module, span: Span) -> range:
    return range(module.line(span.start), module.line(span.end) + 1)


def _message(message: ast.Dict) -> tuple[bool, str]:
    """Whether a message is the system's, and its text."""
    said = {
        key.value: value.value
        for key, value in zip(message.keys, message.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(value, ast.Constant)
    }
    content = said.get("content")
    return said.get("role") in ("system", "developer"), content if isinstance(content, str) else ""
