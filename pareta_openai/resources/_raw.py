"""`with_raw_response` and `with_streaming_response`, of our namespaces and of the client."""

from __future__ import annotations

from typing import Any

from .. import _openai


class RawMethods:
    """The methods of a namespace, and of the namespaces in it, giving raw responses."""

    def __init__(self, namespace: object, *, streaming: bool) -> None:
        self._namespace = namespace
        self._streaming = streaming

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        member = getattr(self._namespace, name)
        if not callable(member):
            return RawMethods(member, streaming=self._streaming)
        if name == "metrics":
            # It sends nothing itself: what it gives has the methods that do.
            return lambda endpoint_id: RawMethods(member(endpoint_id), streaming=self._streaming)
        return _openai.raw_method(member, streaming=self._streaming)

    def __dir__(self) -> list[str]:
        return dir(self._namespace)


class RawNamespaces:
    """`client.with_raw_response`: each namespace's own `with_raw_response`, ours included; the same for streaming."""

    def __init__(self, client: object, attribute: str) -> None:
        self._client = client
        self._attribute = attribute

    def __getattr__(self, namespace: str) -> Any:
        if namespace.startswith("_"):
            raise AttributeError(namespace)
        return getattr(getattr(self._client, namespace), self._attribute)

    def __dir__(self) -> list[str]:
        return dir(self._client)
