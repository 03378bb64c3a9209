"""`wrap`: a client that somebody else built, as a client of ours."""

from __future__ import annotations

import dataclasses
import inspect
from functools import cache
from typing import TYPE_CHECKING, Any, overload

import openai

from .. import _openai, config, errors
from ..arguments import OWN
from ..client import AsyncParetaOpenAI, ParetaOpenAI
from .transplant import Transplant

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Unpack

    from ..arguments import OwnArguments

    class Options(OwnArguments, total=False):
        fallback: openai.OpenAI | openai.AsyncOpenAI | Callable[[], Any] | None

    class WrappedAzureOpenAI(ParetaOpenAI, openai.AzureOpenAI):  # type: ignore[misc]  # pyright: ignore
        """What checkers see of `wrap(AzureOpenAI(…))`."""

    class WrappedAsyncAzureOpenAI(AsyncParetaOpenAI, openai.AsyncAzureOpenAI):  # type: ignore[misc]  # pyright: ignore
        """What checkers see of `wrap(AsyncAzureOpenAI(…))`."""


@overload
def wrap(client: openai.AzureOpenAI, **options: Unpack[Options]) -> WrappedAzureOpenAI: ...
@overload
def wrap(client: openai.AsyncAzureOpenAI, **options: Unpack[Options]) -> WrappedAsyncAzureOpenAI: ...
@overload
def wrap(client: openai.OpenAI, **options: Unpack[Options]) -> ParetaOpenAI: ...
@overload
def wrap(client: openai.AsyncOpenAI, **options: Unpack[Options]) -> AsyncParetaOpenAI: ...
def wrap(client: Any, **options: Any) -> Any:
    """`client` as a Pareta client, for one that comes out of a framework, a container or an instrumentation.

    What comes back is an instance of the client's own class and of `ParetaOpenAI` (or `AsyncParetaOpenAI`): it has
    `endpoints`, `evals` and `tasks`, raises our exceptions, and goes on being instrumented as `client` was. It shares
    the connections and takes the settings that `client` has now; `client` itself stays as it is, and
    ``wrapt.unwrapped`` or ``inspect.unwrap`` give it back. `options` are those of `ParetaOpenAI` that openai's client
    has not: `model_aliases`, `on_not_ready`, …

    Of an ``AzureOpenAI`` what it sends is as Pareta takes it: no deployment in the path, no ``api-version``, a bearer
    key. A client of ours comes back as it is, or with `options` as its `with_options` would give it.

    Raises `ParetaError` where the client's base URL is not Pareta's, or where its key is OpenAI's.
    """
    if isinstance(client, (ParetaOpenAI, AsyncParetaOpenAI)):
        return client.with_options(**options) if options else client
    if not isinstance(client, (openai.OpenAI, openai.AsyncOpenAI)):
        raise TypeError(f"wrap() takes a client of openai's, not {type(client).__name__}.")
    for name in options.keys() - _OPTIONS:
        raise TypeError(f"wrap() has no argument {name!r}: it takes what pareta_openai.OpenAI has beyond openai's own.")
    own = config.ClientOptions(**options)
    base_url = _require_pareta(client)
    wrapped: Any = object.__new__(_wrapped_class(client.__class__))  # type: ignore[arg-type]
    vars(wrapped).update({name: value for name, value in vars(client).items() if name not in _MADE_ANEW})
    _carry_over(client, wrapped)
    wrapped.__wrapped__ = client
    wrapped._options = own
    wrapped.base_url = base_url
    _openai.forget_openai_account(wrapped)
    return wrapped


_OPTIONS = set(OWN) - {"transport", "pickle_api_key"}
"""Without those that are about how a client is built."""

_MADE_ANEW = ("evals", "with_raw_response", "with_streaming_response")
"""What hangs on a client that ours has otherwise, and that nobody instruments."""


def _require_pareta(client: openai.OpenAI | openai.AsyncOpenAI) -> str:
    """The base URL, ending in ``/v1``."""
    base_url = str(client.base_url)
    if not config.is_pareta_url(base_url):
        raise errors.ParetaError(
            f"wrap() was given a client of {client.base_url.host}, which is not Pareta. Point it there first: wrap("
            f'client.with_options(base_url="{config.PRODUCTION}", api_key=os.environ["{config.API_KEY_VARIABLE}"])). '
            f"Where that is a Pareta of yours, set {config.BASE_URL_VARIABLE} to its URL."
        )
    if client.api_key:  # an empty one stands for a callable, whose keys are looked at as they come
        config.check_api_key(client.api_key, source=f"The api_key of this {type(client).__name__}")
    return config.normalize_base_url(base_url, source="base_url")


def _carry_over(source: Any, target: Any) -> None:
    """What hangs on `source`, and what instruments it, onto `target`."""
    transplant = Transplant(source, target, _our_resources())
    for name, value in vars(source).items():
        copy = transplant.of(value)
        if copy is not value and name not in _MADE_ANEW:
            vars(target)[name] = copy


class _Wrapped:
    """Before our client among the bases of a wrapped one."""

    __wrapped__: Any

    def copy(self: Any, **arguments: Any) -> Any:
        """See `ParetaOpenAI.copy`; the copy is made by the wrapped client's own class."""
        own = {name: arguments.pop(name) for name in arguments.keys() & _OPTIONS}
        for name in ("api_key", "base_url", "timeout", "max_retries"):
            if getattr(self, name) != getattr(self.__wrapped__, name):  # it was set since
                arguments.setdefault(name, getattr(self, name))
        wrapped = wrap(self.__wrapped__.copy(**arguments))
        given = {name: value for name, value in own.items() if value is not None}
        wrapped._options = dataclasses.replace(self._options, **given)
        # Openai's own copies are instrumented no longer.
        _carry_over(self, wrapped)
        return wrapped

    with_options = copy

    def __reduce__(self) -> Any:
        raise TypeError(f"A wrapped {type(self).__name__} cannot be pickled: wrap one where it is needed.")


@cache
def _wrapped_class(client_class: type) -> type:
    is_async = issubclass(client_class, openai.AsyncOpenAI)
    ours, openais = (AsyncParetaOpenAI, openai.AsyncOpenAI) if is_async else (ParetaOpenAI, openai.OpenAI)
    bases: tuple[type, ...] = (_Wrapped, ours)
    if issubclass(client_class, (openai.AzureOpenAI, openai.AsyncAzureOpenAI)):
        # Between our hooks and Azure's.
        bases += (type("_SentAsOpenAI", (), _openai.openais_own_of_azure(client_class)),)
    attributes = {name: getattr(client_class, name) for name in ("__module__", "__qualname__", "__doc__")}
    for name in ("chat", "models"):
        its_own = inspect.getattr_static(client_class, name, None)
        if its_own is not inspect.getattr_static(openais, name, None):
            attributes[name] = its_own  # a subclass's resources stay; openai's make way for ours
    return type(client_class.__name__, bases if client_class is openais else (*bases, client_class), attributes)


@cache
def _our_resources() -> dict[type, type]:
    """Openai's resources → ours in their place."""
    from ..resources import chat, models

    ours = (chat.Chat, chat.Completions, chat.AsyncChat, chat.AsyncCompletions, models.Models, models.AsyncModels)
    return {resource.__mro__[1]: resource for resource in ours}
