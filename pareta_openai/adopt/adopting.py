"""What becomes of a client of openai's that is being built while `install` is in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import openai

from .. import _openai, config
from ..client import AsyncParetaOpenAI, ParetaOpenAI
from ..pickling import without_secrets
from . import migration_log

_OPENAIS_ACCOUNT = ("organization", "project", "admin_api_key", "webhook_secret", "workload_identity", "data_residency")
"""What identifies its owner at OpenAI, and is not for Pareta."""


def adopt(client: Any, arguments: Mapping[str, Any], options: Mapping[str, Any]) -> bool:
    """Build `client`, which is an empty object yet, as ours; False where it is to be what it was meant to be."""
    kinds = {
        openai.OpenAI: ("openai.OpenAI", ParetaOpenAI),
        openai.AsyncOpenAI: ("openai.AsyncOpenAI", AsyncParetaOpenAI),
        _openai.module_client_class(): ("openai", ParetaOpenAI),
    }
    name, ours = kinds.get(type(client), (None, None))
    if name is None or ours is None or not _is_for_pareta(arguments):
        return False
    migration_log.record(name)
    client.__class__ = ours
    client.__init__(**{**_for_pareta(arguments), **options})
    return True


def _is_for_pareta(arguments: Mapping[str, Any]) -> bool:
    base_url, provider = arguments.get("base_url"), arguments.get("provider")
    return not provider and (base_url is None or config.is_pareta_url(str(base_url)))


def _for_pareta(arguments: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in arguments.items() if name not in _OPENAIS_ACCOUNT}
    api_key = kept.get("api_key")
    headers = kept.get("default_headers") or {}
    if not callable(api_key) and not (api_key and api_key.startswith(config.API_KEY_PREFIX)):
        kept.pop("api_key", None)
        headers = without_secrets(headers, api_key or "")
    if headers:
        kept["default_headers"] = {
            name: value for name, value in headers.items() if not name.lower().startswith("openai-")
        }
    return kept
