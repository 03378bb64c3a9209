"""What the package serves beyond its own names, for `import pareta_openai as openai`: module-level calls, for one.

    openai.api_key = "pareta_sk_…"  # else PARETA_API_KEY
    openai.chat.completions.create(…)

As in openai, the calls go through one client, made at the first of them. Another is made when a setting has changed.
OpenAI's own settings, on its own module, are never read.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any

import openai

from .arguments import OWN
from .client import ParetaOpenAI
from .errors import ParetaError

_DEFAULTS = {"timeout": openai.DEFAULT_TIMEOUT, "max_retries": openai.DEFAULT_MAX_RETRIES}

_OTHER_CLOUDS = (
    "api_type",
    "api_version",
    "azure_endpoint",
    "azure_ad_token",
    "azure_ad_token_provider",
    "bedrock_token_provider",
)
"""openai's settings for its module to call somebody else."""

_OWN_NAMESPACES = ("endpoints", "evals", "tasks")


@cache
def _constructor_settings() -> frozenset[str]:
    """What can be assigned to the module and goes to the client's constructor."""
    return frozenset(OWN) | {name for name in ParetaOpenAI.__init__.__signature__.parameters if hasattr(openai, name)}  # type: ignore[attr-defined]


@cache
def _is_namespace(name: str) -> bool:
    # Up to openai 1.66 they are attributes of its clients, which the class knows as annotations alone.
    on_client = isinstance(getattr(ParetaOpenAI, name, None), cached_property) or name in openai.OpenAI.__annotations__
    return name in _OWN_NAMESPACES or (on_client and hasattr(openai, name))


def serve(name: str) -> Any:
    """A name that the package has not got itself. Raises `AttributeError` where openai has not got it either."""
    if name in _constructor_settings() or name in _OTHER_CLOUDS:
        return _DEFAULTS.get(name)
    if _is_namespace(name):
        return _namespace(name)
    return getattr(openai, name)


def names() -> set[str]:
    """All that `serve` serves."""
    return {*_constructor_settings(), *_OWN_NAMESPACES, *(name for name in dir(openai) if not name.startswith("_"))}


class _Namespace:
    """Stands for a namespace of the module's client, which is made when this is first used."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(getattr(client(), self._name), attribute)

    def __dir__(self) -> list[str]:
        return dir(getattr(client(), self._name))

    def __repr__(self) -> str:
        return f"<{__package__}.{self._name}>"


_namespace = cache(_Namespace)

_lock = threading.Lock()
_made: tuple[dict[str, Any], ParetaOpenAI] | None = None


def client() -> ParetaOpenAI:
    """The client of module-level calls. Raises what the constructor raises for the settings."""
    global _made
    with _lock:
        settings = _assigned()
        if _made is None or _made[0] != settings:
            # The one before is not closed: a stream of its may be under way.
            _made = settings, ParetaOpenAI(**settings)
        return _made[1]


def reset() -> None:
    """Close the client; the next call makes another."""
    global _made
    with _lock:
        if _made is not None:
            _made[1].close()
        _made = None


def _assigned() -> dict[str, Any]:
    module = vars(sys.modules[__package__ or ""])
    for name in _OTHER_CLOUDS:
        if module.get(name) is not None:
            raise ParetaError(
                f"{__package__}.{name} is set, and the calls of this module go to Pareta. For another cloud, "
                f"call openai itself, or its own client: {__package__}.AzureOpenAI."
            )
    values = {name: module[name] for name in _constructor_settings() if module.get(name) is not None}
    # Copied, so that a change within one is seen.
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in values.items()}
