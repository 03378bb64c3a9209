"""Takes keys out of what is kept or shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

REMOVED = "…"

# Model servers of one's own are given keys such as "x" or "ollama", which are words like any other.
_SHORTEST_SECRET = 8
_NAMES = re.compile(
    r"(proxy-)?authorization|(set-)?cookie|password|(client[-_])?secret|(x[-_])?(api|access|auth)[-_]?(key|token)",
    re.IGNORECASE,
)
_TEXTS = re.compile(
    r"\bpareta_sk_[\w-]+"
    r"|\b(?:sk|pk|rk|hf|gsk|xai|ghp|glpat)[-_](?=[\w-]*\d)[\w-]{16,}"
    r"|\bAIza[\w-]{30,}|\bAKIA[A-Z0-9]{16}\b|\beyJ[\w-]{10,}\.[\w-]+\.[\w-]+"
    r"|(?<=\bBearer )[\w.~+/=-]{8,}|(?<=\bBasic )[\w+/=]{8,}|(?<=[?&]signature=)[\w.~%-]+"
)


class Scrubber:
    """Takes out the `secrets` themselves, what looks like a key, and what stands in a field for one."""

    def __init__(self, secrets: Iterable[str | None] = ()) -> None:
        self._secrets = [secret for secret in secrets if secret is not None and len(secret) >= _SHORTEST_SECRET]

    def known(self, body: bytes) -> bytes:
        """Without the `secrets`; all else is left as it is."""
        for secret in self._secrets:
            body = body.replace(secret.encode(), REMOVED.encode())
        return body

    def text(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, REMOVED)
        return _TEXTS.sub(REMOVED, text)

    def value(self, value: Any) -> Any:
        """The same for all texts in what JSON can say."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return {
                self.text(name): REMOVED if isinstance(item, str) and _NAMES.fullmatch(name) else self.value(item)
                for name, item in value.items()
            }
        return value
