"""`fallback=`: another client beside this one, for code that goes over to Pareta step by step."""

from __future__ import annotations

import hashlib
import logging
import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import openai

from . import _openai
from .pickling import without_secrets
from .unsupported import is_openais, is_served

if TYPE_CHECKING:
    from .config import ClientOptions

log = logging.getLogger(__package__)

PARETA = "pareta"
FALLBACK = "fallback"

AnyClient: TypeAlias = "openai.OpenAI | openai.AsyncOpenAI"


@dataclass(frozen=True)
class WentOver:
    """What `on_fallback` is told: a call that Pareta did not answer, and the fallback is about to."""

    method: str
    path: str
    model: str | None
    """As the code has it."""
    fallback_model: str | None
    """As the fallback is asked for it."""
    error: Exception
    """Of Pareta's."""


class MadeLater:
    """A fallback that is made when it is first needed: by a class, or out of a pickle."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._client: AnyClient | None = None
        self._lock = threading.Lock()

    def __call__(self) -> AnyClient:
        with self._lock:
            client = self._client = self._client or self._make()
            return client

    def __repr__(self) -> str:
        return repr(self._make)

    def __reduce__(self) -> tuple[Any, ...]:
        return MadeLater, (self._make,)


@dataclass(frozen=True)
class _Rebuild:
    """Makes a client of openai's like one that stood in another process."""

    client_class: Any
    arguments: Mapping[str, Any]

    def __call__(self) -> AnyClient:
        client: AnyClient = self.client_class(**self.arguments)
        return client

    def __repr__(self) -> str:
        return f"a {self.client_class.__name__}"


def portable(fallback: Any, *, with_key: bool) -> Any:
    """`fallback` as a pickle can carry it; without its keys, which are then read where it wakes up."""
    if not isinstance(fallback, (openai.OpenAI, openai.AsyncOpenAI)) or isinstance(fallback, _openai.ClientHooks):
        return fallback
    return MadeLater(_Rebuild(type(fallback), _openai.arguments_of(fallback, with_key=with_key)))


def ready(fallback: Any) -> Any:
    """`fallback` as it is kept: a class, or another callable, makes one when it is needed."""
    is_client = isinstance(fallback, (openai.OpenAI, openai.AsyncOpenAI, MadeLater))
    return MadeLater(fallback) if callable(fallback) and not is_client else fallback


def check_options(options: ClientOptions) -> None:
    """Raises `ValueError` or `TypeError` for options that do not go together."""
    if options.fallback is None:
        for name in ("fallback_models", "on_fallback", "share", "share_key", "shadow"):
            if getattr(options, name) not in (None, False):
                raise ValueError(f"{name} is given without a fallback: say fallback=openai.OpenAI() too.")
    if options.share is not None and not 0 <= options.share <= 1:
        raise ValueError(f"share is {options.share!r}: give the share of calls for Pareta, from 0 to 1.")
    if options.share is not None and options.shadow:
        raise ValueError("share and shadow are two ways to go over: give one of them.")
    named = options.fallback_on if isinstance(options.fallback_on, tuple) else (options.fallback_on,)
    for error in named:
        if not (isinstance(error, type) and issubclass(error, Exception)):
            raise TypeError(f"fallback_on has {error!r}: give exception classes, such as InsufficientCreditsError.")


def check_fallback(client: Any, fallback: Any) -> None:
    """Raises `TypeError` for a `fallback` that `client` cannot hand its calls to."""
    wanted = openai.AsyncOpenAI if isinstance(client, openai.AsyncOpenAI) else openai.OpenAI
    if not isinstance(fallback, (wanted, MadeLater)):
        raise TypeError(f"fallback is a {type(fallback).__name__}: an {wanted.__name__} hands its calls to another.")


class _Plan:
    """What is to become of one call."""

    def __init__(self, client: Any, options: Any) -> None:
        self._own = client
        self._settings: ClientOptions = client._options
        self.method, self.path = options.method.upper(), options.url
        self.body = _openai.body_of(options)
        self.model = self.body.get("model")
        self.errors = self._settings.fallback_on
        self._is_inference = is_served(self.method, self.path) and self.method == "POST"
        # Before anything of ours is in them, an idempotency key for one.
        self._options = _openai.copy_options(options)
        self._rewind = _openai.rewinder(options)

    def asks_pareta(self) -> bool:
        if not self._is_inference:
            return True
        if self._settings.shadow:
            return False
        return self._settings.share is None or _falls_within(self._settings.share, self._share_key())

    def _share_key(self) -> str | None:
        key = self._settings.share_key
        if callable(key):
            return key(self.body)
        return key or self.body.get("safety_identifier") or self.body.get("user")

    def tell(self, error: Exception) -> None:
        """The log and the caller's callback that the fallback is asked because of `error`."""
        fallback_model = self._fallback_model()
        log.warning(
            "%s %s goes to the fallback, as %s: Pareta raised %s", self.method, self.path, fallback_model, _name(error)
        )
        if self._settings.on_fallback is not None:
            event = WentOver(self.method, self.path, self.model, fallback_model, error)
            try:
                self._settings.on_fallback(event)
            except Exception:  # a fault of the callback's is no reason for the call to fail
                log.exception("on_fallback raised")

    def _fallback_model(self) -> str | None:
        models = self._settings.fallback_models or {}
        return models.get(self.model or "") or models.get("*") or self.model

    def client(self) -> Any:
        fallback = self._settings.fallback
        if isinstance(fallback, MadeLater):
            fallback = fallback()
        check_fallback(self._own, fallback)
        return fallback

    def options(self) -> Any:
        """For the fallback, with nothing in them that is for Pareta's eyes alone."""
        options = self._options
        self._rewind()
        if isinstance(options.headers, Mapping):
            options.headers = without_secrets(options.headers, self._own.api_key)
        if self.model is not None:
            _openai.replace_body(options, {**self.body, "model": self._fallback_model()})
        _openai.after_parsing(options, mark_fallback)
        return options

    def finish(self, answer: Any, send: Callable[..., Any]) -> Any:
        """`answer` of the fallback, as the caller gets it; `send` asks Pareta."""
        mark_fallback(answer)
        shadow = self._settings.shadow
        if shadow and self._is_inference and self.path == "/chat/completions":
            self._shadow(shadow, answer, send)
        return answer

    def _shadow(self, shadow: Any, answer: Any, send: Callable[..., Any]) -> None:
        is_async = isinstance(self._own, openai.AsyncOpenAI)
        asked = {name: value for name, value in self.body.items() if name not in ("stream", "stream_options")}

        def compare(answered: list[Any]) -> None:
            shadow.compare(asked, answered, lambda: send(_openai.chat_request(asked)), is_async=is_async)

        try:
            _openai.watch(answer, compare)
        except Exception:  # a raw response that cannot be read, for one: that is for the caller to find
            log.debug("shadow: an answer could not be looked at", exc_info=True)


def plan_for(client: Any, options: Any) -> _Plan | None:
    """None for what the fallback has no part in: what only Pareta has, and which endpoints there are."""
    if client._options.fallback is None or not is_openais(options.url) or options.url == "/models":
        return None
    return _Plan(client, options)


def mark(answer: Any, served_by: str) -> Any:
    """Note on `answer`, where it can hold a note, who gave it."""
    if isinstance(answer, openai.BaseModel) or hasattr(answer, "response") or hasattr(answer, "http_response"):
        # Beside a model's fields, as openai puts `_request_id`: it is no part of what the model is equal by.
        object.__setattr__(answer, "served_by", served_by)
    return answer


def mark_fallback(answer: Any) -> Any:
    return mark(answer, FALLBACK)


def _falls_within(share: float, key: str | None) -> bool:
    if key is None:
        return random.random() < share
    digest = hashlib.sha256(str(key).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def _name(error: Exception) -> str:
    status = getattr(error, "status_code", None)
    return f"{type(error).__name__} ({status})" if status else type(error).__name__


if TYPE_CHECKING:
    # Users see openai's signature.

    class SyncCalls: ...

    class AsyncCalls: ...

else:

    class SyncCalls:
        def request(self, cast_to, options, *args, **kwargs):
            ask = super().request
            plan = plan_for(self, options)
            if plan is None:
                return ask(cast_to, options, *args, **kwargs)

            def go_over():
                fallback = plan.client()
                answer = fallback.request(self._answer_class(cast_to), plan.options(), **kwargs)
                return plan.finish(answer, lambda request: ask(*request))

            if not plan.asks_pareta():
                return go_over()
            try:
                return ask(cast_to, options, *args, **kwargs)
            except plan.errors as error:
                plan.tell(error)
                return go_over()

    class AsyncCalls:
        async def request(self, cast_to, options, *args, **kwargs):
            ask = super().request
            plan = plan_for(self, options)
            if plan is None:
                return await ask(cast_to, options, *args, **kwargs)

            async def go_over():
                fallback = plan.client()
                answer = await fallback.request(self._answer_class(cast_to), plan.options(), **kwargs)
                return plan.finish(answer, lambda request: ask(*request))

            if not plan.asks_pareta():
                return await go_over()
            try:
                return await ask(cast_to, options, *args, **kwargs)
            except plan.errors as error:
                plan.tell(error)
                return await go_over()
