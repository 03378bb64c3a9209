"""Where a client's key, base URL and model aliases come from, and what is refused."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit, urlunsplit

from . import aliases
from .errors import EndpointNotReadyError, InsufficientCreditsError, ParetaError

if TYPE_CHECKING:
    import openai

    from .aliases import AskedForTheRest, ModelAliases
    from .going_over import WentOver
    from .shadowing import Shadow

API_KEY_VARIABLE = "PARETA_API_KEY"
BASE_URL_VARIABLE = "PARETA_BASE_URL"

API_KEY_PREFIX = "pareta_sk_"

PRODUCTION = "https://api.pareta.ai/v1"
PARETA_DOMAIN = "pareta.ai"

_MINT = f"Pareta keys start with {API_KEY_PREFIX} and are minted in the Pareta dashboard."


@dataclass(frozen=True)
class ClientOptions:
    """What a client of ours takes that openai's does not: construction, `copy` and `repr` all read it from here."""

    model_aliases: ModelAliases | AskedForTheRest | None = None
    on_not_ready: Literal["raise", "start"] = "raise"
    not_ready_timeout: float = 300.0
    pickle_api_key: bool = False
    call_timeout: float | None = None
    transport: Literal["aiohttp"] | None = None
    allow_unsupported: bool = False
    fallback: openai.OpenAI | openai.AsyncOpenAI | Callable[[], Any] | None = None
    fallback_on: type[Exception] | tuple[type[Exception], ...] = (InsufficientCreditsError, EndpointNotReadyError)
    fallback_models: Mapping[str, str] | None = None
    on_fallback: Callable[[WentOver], object] | None = None
    share: float | None = None
    share_key: str | Callable[[Mapping[str, Any]], str | None] | None = None
    shadow: bool | Shadow = False

    def __post_init__(self) -> None:
        self._set("model_aliases", aliases.find_model_aliases(self.model_aliases))
        self._complete_going_over()
        if self.on_not_ready not in ("raise", "start"):
            raise ValueError(f"on_not_ready is {self.on_not_ready!r}: give 'raise' or 'start'.")
        if not self.not_ready_timeout > 0:
            raise ValueError(f"not_ready_timeout is {self.not_ready_timeout!r}: give the seconds to wait at most.")
        if self.transport not in (None, "aiohttp"):
            raise ValueError(f"transport is {self.transport!r}: give 'aiohttp', or leave it out for openai's own.")
        if self.call_timeout is not None and not self.call_timeout > 0:
            raise ValueError(f"call_timeout is {self.call_timeout!r}: give the seconds that a call may take in all.")

    def _complete_going_over(self) -> None:
        from .going_over import check_options, ready

        if self.shadow is True:
            from .shadowing import Shadow

            self._set("shadow", Shadow())
        self._set("fallback", ready(self.fallback))
        check_options(self)

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)


def find_api_key(argument: str | None) -> str:
    """The key to send: the argument, else ``PARETA_API_KEY``. Raises `ParetaError` where there is none."""
    if argument is not None:
        return check_api_key(argument, source="api_key")
    from_environment = os.environ.get(API_KEY_VARIABLE)
    if from_environment is not None:
        return check_api_key(from_environment, source=API_KEY_VARIABLE)
    raise ParetaError(
        f"No API key: set {API_KEY_VARIABLE}, or pass api_key=. {_MINT} OPENAI_API_KEY is never used for Pareta."
    )


def check_api_key(key: object, *, source: str) -> str:
    """`key` as it came, or a `ParetaError` that names `source` and never shows the key's text."""
    if not isinstance(key, str):
        raise ParetaError(f"{source} must be a string, not {type(key).__name__}. {_MINT}")
    if not key:
        raise ParetaError(f"{source} is empty. {_MINT}")
    # Anything else cannot stand in an HTTP header, and a pasted line break is the usual cause.
    if any(not "!" <= character <= "~" for character in key):
        raise ParetaError(
            f"{source} holds a line break, a space or a character outside ASCII. "
            "Remove what was pasted or read along with the key; .strip() takes off a file's last line break."
        )
    if key.startswith("sk-"):
        raise ParetaError(
            f"{source} starts with sk-, so it looks like an OpenAI secret, and it was not sent. {_MINT} "
            "Code that should go on talking to OpenAI wants openai.OpenAI."
        )
    return key


def find_base_url(argument: object) -> str:
    """The root of the API, ending in ``/v1``: the argument, else ``PARETA_BASE_URL``, else production."""
    if argument is not None:
        return normalize_base_url(str(argument), source="base_url")
    # An empty variable is how compose files and CI systems spell "not set".
    from_environment = os.environ.get(BASE_URL_VARIABLE, "").strip()
    if from_environment:
        return normalize_base_url(from_environment, source=BASE_URL_VARIABLE)
    return PRODUCTION


def normalize_base_url(url: str, *, source: str) -> str:
    """OpenAI clients write the base URL with ``/v1``, Pareta's own without: both come out with it."""
    example = f"Write it as {PRODUCTION}, with or without the /v1."
    # A URL can carry a password in front of its host, and then it is not shown.
    seen = "" if "@" in url else f", not {url!r}"
    try:
        parts = urlsplit(url.strip())
        # Reading the port is what validates it.
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise ParetaError(f"{source} must be a URL{seen}. {example}") from None
    if parts.scheme not in ("http", "https") or not has_host:
        raise ParetaError(f"{source} must start with http:// or https:// and a host{seen}. {example}")
    path = parts.path.rstrip("/")
    if not path.endswith("/v1"):
        path += "/v1"
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))


def is_pareta_url(url: str) -> bool:
    """Whether `url` is on Pareta's own hosts, or on the host and port that ``PARETA_BASE_URL`` names."""
    try:
        parts, named = urlsplit(url), urlsplit(find_base_url(None))
        host = parts.hostname or ""
        is_named = (host, parts.port) == (named.hostname, named.port)
    except ValueError:  # a port that is no number
        return False
    return is_named or host == PARETA_DOMAIN or host.endswith(f".{PARETA_DOMAIN}")
