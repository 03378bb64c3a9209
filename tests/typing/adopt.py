"""The types of what `wrap` and `install` give: never run, but checked by mypy and pyright."""

from __future__ import annotations

import openai
from typing_extensions import assert_type

from pareta_openai import AsyncParetaOpenAI, Endpoint, Installation, ParetaOpenAI, Task, install, wrap


class Mine(openai.OpenAI):
    def signature(self) -> str:
        return "mine"


def takes_azure(client: openai.AzureOpenAI) -> None: ...


def takes_async_azure(client: openai.AsyncAzureOpenAI) -> None: ...


def wrapped(client: openai.OpenAI, azure: openai.AzureOpenAI, async_azure: openai.AsyncAzureOpenAI, mine: Mine) -> None:
    assert_type(wrap(client), ParetaOpenAI)
    assert_type(wrap(client).endpoints.list(), list[Endpoint])
    assert_type(wrap(client, model_aliases={"gpt-4o": "ep"}, call_timeout=9).with_options(timeout=3), ParetaOpenAI)
    takes_azure(wrap(azure))
    takes_async_azure(wrap(async_azure))
    assert_type(wrap(azure).tasks.list(), list[Task])
    its_own = wrap(mine)
    assert_type(its_own.endpoints.list(), list[Endpoint])
    # A checker cannot write down "this class and that one", but it can find it out.
    assert isinstance(its_own, Mine)
    assert_type(its_own.signature(), str)
    assert_type(its_own.endpoints.list(), list[Endpoint])
    wrap(client, model_alias={})  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    wrap(1)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]


async def async_wrapped(client: openai.AsyncOpenAI, async_azure: openai.AsyncAzureOpenAI) -> None:
    assert_type(wrap(client), AsyncParetaOpenAI)
    assert_type(await wrap(client).endpoints.list(), list[Endpoint])
    assert_type(await wrap(async_azure).endpoints.list(), list[Endpoint])


def installed() -> None:
    with install(model_aliases={"gpt-4o": "ep"}, on_not_ready="start") as installation:
        assert_type(installation, Installation)
    install(model_alias={})  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
