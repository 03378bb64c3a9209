"""What a client can be given: openai's own arguments, whatever the installed version has, and ours."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeVar

import openai

from . import _openai, config

if TYPE_CHECKING:
    from .aliases import AskedForTheRest, ModelAliases
    from .going_over import WentOver
    from .shadowing import Shadow
    from .transports import URL

_Function = TypeVar("_Function", bound=Callable[..., Any])

OWN = tuple(f.name for f in dataclasses.fields(config.ClientOptions))


def and_takes(openai_function: Callable[..., Any]) -> Callable[[_Function], _Function]:
    """Give a function that ends in ``**arguments`` the signature that it has in truth: ours, and openai's.

    For `help()`, and for tools that look at what a client can be given.
    """

    def decorate(function: _Function) -> _Function:
        named = inspect.signature(function)
        parameters = {name: p for name, p in named.parameters.items() if p.kind is not p.VAR_KEYWORD}
        ours = inspect.signature(config.ClientOptions).parameters
        for name, parameter in {**ours, **inspect.signature(openai_function).parameters}.items():
            parameters.setdefault(name, parameter.replace(kind=parameter.KEYWORD_ONLY))
        function.__signature__ = named.replace(parameters=list(parameters.values()))  # type: ignore[attr-defined]
        return function

    return decorate


def take_own(arguments: dict[str, Any]) -> dict[str, Any]:
    """Take out of `arguments` what is ours. None stands for not given, as it does in openai's."""
    own = {name: arguments.pop(name, None) for name in OWN}
    return {name: value for name, value in own.items() if value is not None}


def refuse_unknown(client: str, arguments: Mapping[str, Any]) -> None:
    known = _openai.keyword_arguments(openai.OpenAI.__init__)
    if known is None:
        return
    for name in arguments.keys() - known:
        import difflib  # 1 ms that only a mistake takes

        close = difflib.get_close_matches(name, [*known, *OWN], n=1)
        advice = f"Did you mean {close[0]}?" if close else "help(pareta_openai.OpenAI) lists those that it takes."
        raise TypeError(f"{client}() has no argument {name!r} with openai {openai.__version__}. {advice}")


class OwnArguments(TypedDict, total=False):
    """What our clients take beyond openai's, as checkers see it; `config.ClientOptions` has the defaults."""

    model_aliases: ModelAliases | AskedForTheRest | None
    on_not_ready: Literal["raise", "start"] | None
    not_ready_timeout: float | None
    pickle_api_key: bool | None
    call_timeout: float | None
    allow_unsupported: bool | None
    fallback_on: type[Exception] | tuple[type[Exception], ...] | None
    fallback_models: Mapping[str, str] | None
    on_fallback: Callable[[WentOver], object] | None
    share: float | None
    share_key: str | Callable[[Mapping[str, Any]], str | None] | None
    shadow: bool | Shadow | None


class _OpenAIArguments(TypedDict, total=False):
    """What openai's own constructor takes in every version; newer arguments are passed on as well."""

    organization: str | None
    project: str | None
    webhook_secret: str | None
    websocket_base_url: str | URL | None
    timeout: float | openai.Timeout | openai.NotGiven | None
    max_retries: int
    default_headers: Mapping[str, str] | None
    default_query: Mapping[str, object] | None


class SyncArguments(OwnArguments, _OpenAIArguments, total=False):
    fallback: openai.OpenAI | Callable[[], openai.OpenAI] | None
    http_client: openai.DefaultHttpxClient | None


class AsyncArguments(OwnArguments, _OpenAIArguments, total=False):
    fallback: openai.AsyncOpenAI | Callable[[], openai.AsyncOpenAI] | None
    transport: Literal["aiohttp"] | None
    http_client: openai.DefaultAsyncHttpxClient | None


class _CopyArguments(TypedDict, total=False):
    set_default_headers: Mapping[str, str] | None
    set_default_query: Mapping[str, object] | None


class SyncCopyArguments(SyncArguments, _CopyArguments, total=False): ...


class AsyncCopyArguments(AsyncArguments, _CopyArguments, total=False): ...
