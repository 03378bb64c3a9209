"""A model server to send inference through: vLLM, llama.cpp, Ollama, OpenAI, or another that speaks as they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

ANY = "*"


@dataclass(frozen=True)
class Upstream:
    """`url` may end in ``/v1`` or not.

    `models` has the upstream's name for each alias (`contract-kie-1`, or ``auto``); ``*`` is every other one. An alias
    that is not there is sent as it is. Raises `ValueError` for a `url` that is none.
    """

    url: str
    models: Mapping[str, str] = field(default_factory=dict)
    api_key: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"An upstream is a URL such as http://127.0.0.1:8000/v1, not {self.url!r}.")
        if parts.username or parts.password:
            raise ValueError("An upstream's URL holds no password: give the key as api_key.")
        if self.api_key is not None and not (self.api_key.isascii() and self.api_key.isprintable() and self.api_key):
            raise ValueError("The upstream's key has characters that no header can hold, or is empty.")

    @property
    def base_url(self) -> str:
        """With ``/v1``."""
        url = self.url.rstrip("/")
        return url if url.endswith("/v1") else f"{url}/v1"

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    def model(self, alias: str) -> str:
        return self.models.get(alias) or self.models.get(ANY) or alias
