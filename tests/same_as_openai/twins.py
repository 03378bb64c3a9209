"""Bare openai and our client, given the same bytes, and whether what comes out is the same."""

from __future__ import annotations

import asyncio
import json
import sys
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import openai

import pareta_openai

# The transport that the installed openai uses.
transport: Any = next(
    sys.modules[name]
    for base in openai.DefaultHttpxClient.__mro__
    if (name := base.__module__.partition(".")[0]) in ("httpx", "httpx2")
)
_BESIDE = ("billed_micro_usd", "frontier_would_have_cost_micro_usd", "savings_factor", "served_by")
"""What a completion of ours has beside openai's."""
KEY = "pareta_sk_same_0123456789"
URL = "http://platform.invalid/v1"


class Twins:
    """A bare client and one of ours on a transport that answers with `answer`."""

    def __init__(self, *, is_async: bool) -> None:
        self.is_async = is_async
        self.answer: Any = None
        self.sent: list[Any] = []
        base: Any = openai.DefaultAsyncHttpxClient if is_async else openai.DefaultHttpxClient
        classes: tuple[Any, Any] = (
            (openai.AsyncOpenAI, pareta_openai.AsyncOpenAI) if is_async else (openai.OpenAI, pareta_openai.OpenAI)
        )
        self.bare, self.ours = (
            client_class(
                api_key=KEY,
                base_url=URL,
                max_retries=0,
                http_client=base(transport=transport.MockTransport(self._handle)),
            )
            for client_class in classes
        )

    def _handle(self, request: Any) -> Any:
        self.sent.append(request)
        status, content_type, body = self.answer
        headers = {"content-type": content_type, "x-request-id": "req_1"}
        return transport.Response(status, headers=headers, content=body)

    def run(self, call: Callable[[Any], Any]) -> tuple[Any, Any]:
        """What `call` gives or raises with the bare client, and with ours."""
        outcomes = []
        for client in (self.bare, self.ours):
            try:
                outcomes.append(self.finish(partial(call, client)))
            except Exception as error:
                outcomes.append(error)
        return outcomes[0], outcomes[1]

    def finish(self, call: Callable[[], Any]) -> Any:
        return asyncio.run(_settle(call())) if self.is_async else call()

    def give(self, body: bytes, *, status: int = 200, content_type: str = "application/json") -> None:
        self.answer = status, content_type, body


async def _settle(value: Any) -> Any:
    if hasattr(value, "__await__"):
        value = await value
    return value


def require_same(ours: Any, theirs: Any, path: str = "answer") -> None:
    """Ours is of openai's class, or of a subclass of it, and equal at every depth in everything that can be asked."""
    if isinstance(theirs, openai.BaseModel):
        assert isinstance(ours, type(theirs)), path
        assert ours.model_fields_set == theirs.model_fields_set, path
        assert [name for name in vars(ours) if name not in _BESIDE] == list(vars(theirs)), path
        for name, value in vars(theirs).items():
            require_same(vars(ours)[name], value, f"{path}.{name}")
        require_same(ours.model_extra, theirs.model_extra, f"{path}.model_extra")
        assert getattr(ours, "_request_id", None) == getattr(theirs, "_request_id", None), path
    elif isinstance(theirs, dict):
        assert type(ours) is type(theirs), path
        assert list(ours) == list(theirs), path
        for name, value in theirs.items():
            require_same(ours[name], value, f"{path}[{name!r}]")
    elif isinstance(theirs, (list, tuple)):
        assert type(ours) is type(theirs), path
        assert len(ours) == len(theirs), path
        for number, value in enumerate(theirs):
            require_same(ours[number], value, f"{path}[{number}]")
    else:
        assert type(ours) is type(theirs), path
        assert ours == theirs or ours != ours, path  # a NaN equals nothing


def require_same_in_public(ours: Any, theirs: Any) -> None:
    """`require_same`, and by what models write of themselves."""
    require_same(ours, theirs)
    if isinstance(theirs, openai.BaseModel):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of values that are not of their field's type
            assert _said(ours.to_dict) == _said(theirs.to_dict)
            assert _said(ours.model_dump_json) == _said(theirs.model_dump_json)
            if type(ours) is type(theirs):
                assert (ours == theirs) == (theirs == ours) == (theirs == theirs)


def _said(write: Callable[[], Any]) -> Any:
    try:
        return json.dumps(write(), default=repr)
    except Exception as error:
        return type(error), str(error)
