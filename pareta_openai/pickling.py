"""Requests and responses of the transport's on their way through pickle, without secrets."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

from .transports import default_transport


class _Frozen(NamedTuple):
    """A request or response of the transport's without what only its own process can use, and without secrets."""

    module: str
    kind: str
    arguments: dict[str, Any]


_SECRET_HEADERS = ("authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key")


def without_secrets(headers: Mapping[str, Any], api_key: str) -> dict[str, Any]:
    """`headers` without those that are there to hold a secret, and without any that holds `api_key`."""
    return {
        name: value
        for name, value in headers.items()
        if name.lower() not in _SECRET_HEADERS and not (api_key and api_key in str(value))
    }


def freeze(value: Any) -> Any:
    """`value`, or what a pickle can carry in its place where it is a request or response of the transport's."""
    module, kind = type(value).__module__.partition(".")[0], type(value).__name__
    if module not in ("httpx", "httpx2") or kind not in ("Request", "Response"):
        return value
    request = value if kind == "Request" else value.request
    api_key = request.headers.get("authorization", "").removeprefix("Bearer ")
    kept = {name.lower() for name in without_secrets(value.headers, api_key)}
    if kind == "Response":
        # The body is decoded by now, so that these no longer describe it.
        kept -= {"content-encoding", "transfer-encoding"}
    # As bytes: a header may hold what is no ASCII.
    headers = [(name, text) for name, text in value.headers.raw if name.decode("latin-1").lower() in kept]
    try:
        content = value.content
    except RuntimeError:  # it was streamed, and never read
        content = b""
    if kind == "Request":
        arguments = {"method": value.method, "url": str(value.url), "headers": headers, "content": content}
    else:
        arguments = {"status_code": value.status_code, "headers": headers, "content": content}
        arguments["request"] = freeze(request)
    return _Frozen(module, kind, arguments)


def thaw(value: Any) -> Any:
    """What `freeze` was given."""
    if not isinstance(value, _Frozen):
        return value
    arguments = {name: thaw(argument) for name, argument in value.arguments.items()}
    try:
        module = import_module(value.module)
    except ModuleNotFoundError:
        # From a process with another openai, and so with the other transport.
        module = default_transport()
    return getattr(module, value.kind)(**arguments)
