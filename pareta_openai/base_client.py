"""What the two clients have in common, which is all but the waiting."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast, get_args, get_origin

import openai

from . import _openai, aliases, config, errors, unsupported, waiting
from ._version import __version__
from .arguments import OWN, and_takes, refuse_unknown, take_own
from .compression import limit_client
from .going_over import PARETA, check_fallback, mark, portable
from .pickling import without_secrets
from .request_checks import CONTROL_PLANE, check_request
from .transports import request_for

if TYPE_CHECKING:
    from typing_extensions import Self

    from .aliases import ModelAliases
    from .shadowing import Shadow
    from .transports import Request, Response

# openai's namespaces that have one of ours in their place. Up to 1.66 openai sets its own as attributes.
_REPLACED = ("chat", "embeddings", "models", "evals", "with_raw_response", "with_streaming_response")

_NO_KEY = "no-key"
"""Stands in for the key of a client that woke up without one. It is never sent."""


class BaseClient(_openai.ClientHooks):
    """What the two clients have in common, which is all but the waiting."""

    _options: config.ClientOptions
    _missing_key: errors.ParetaError | None = None
    """What a client that woke up without a key raises at its first call."""

    if not TYPE_CHECKING:
        # Hidden from checkers, which see the two classes' own signatures below.

        @and_takes(openai.OpenAI.__init__)
        def __init__(self, *, api_key=None, base_url=None, **arguments):
            try:
                self._options = config.ClientOptions(**take_own(arguments))
                refuse_unknown(type(self).__name__, arguments)
                base_url = config.find_base_url(base_url)
                if self._options.transport is not None:
                    arguments["http_client"] = self._http_client(arguments.get("http_client"))
                if not (_openai.TAKES_KEY_PROVIDERS and callable(api_key)):
                    api_key = config.find_api_key(api_key)
            except Exception as error:
                # A traceback that shows locals must not show the key, neither here nor where it was looked at.
                api_key = None
                raise error.with_traceback(None) from None
            is_ours = self._options.transport is not None or arguments.get("http_client") is None
            if arguments.get("http_client") is None:
                arguments["http_client"] = self._default_http_client()
            super().__init__(api_key=api_key, base_url=base_url, **arguments)
            self._forget_ambient_settings(arguments)
            if self._options.fallback is not None:
                check_fallback(self, self._options.fallback)
            for name in unsupported.CONNECTING & vars(self).keys():
                unsupported.refuse_connections(self, name, vars(self)[name])
            if is_ours:
                limit_client(_openai.transport(self))
            for name in _REPLACED:
                vars(self).pop(name, None)

        @and_takes(openai.OpenAI.copy)
        def copy(self, **arguments):
            """A client with these options changed and all others kept, on the same connections."""
            changes = take_own(arguments)
            takes_up_transport = changes.get("transport", self._options.transport) != self._options.transport
            try:
                if takes_up_transport:
                    arguments["http_client"] = self._http_client(arguments.get("http_client"))
                elif arguments.get("http_client") is not None:
                    changes["transport"] = None
                copied = super().copy(**arguments)
            except (errors.ParetaError, ValueError) as error:
                arguments = {}
                raise error.with_traceback(None) from None
            if takes_up_transport:
                limit_client(_openai.transport(copied))
            copied._options = dataclasses.replace(self._options, **changes)
            if not arguments.get("api_key"):
                copied._missing_key = self._missing_key
            return copied

        with_options = copy

        @property
        def api_key(self):
            return vars(self)["api_key"]

        @api_key.setter
        def api_key(self, key):
            # Every way in passes here: construction, assignment, and what a callable given as api_key returns.
            # Openai sets an empty string where a callable stands in for the key.
            try:
                vars(self)["api_key"] = config.check_api_key(key, source="api_key") if key else key
                self._missing_key = None
            except errors.ParetaError as error:
                key = None
                raise error.with_traceback(None) from None

    @classmethod
    def from_env(cls, *, config: bool = False, **arguments: Any) -> Self:
        """A client from ``PARETA_API_KEY``, ``PARETA_BASE_URL`` and ``PARETA_MODEL_ALIASES``.

        What the constructor does by itself, said aloud; `arguments` are its own and win over the environment. With
        `config`, model aliases that neither names are those of `[tool.pareta.model-aliases]` in the nearest
        pyproject.toml, from the working directory upwards.
        """
        if config and arguments.get("model_aliases") is None and not os.environ.get(aliases.VARIABLE):
            arguments["model_aliases"] = aliases.read_config()
        return cls(**arguments)

    def _forget_ambient_settings(self, explicit: Mapping[str, Any]) -> None:
        """Take back what openai read from OPENAI_* variables: it identifies an OpenAI account."""
        for name in ("organization", "project", "admin_api_key"):
            if hasattr(self, name):
                setattr(self, name, explicit.get(name))
        _openai.forget_ambient_headers(self, explicit.get("default_headers"))

    def _http_client(self, given: Any) -> Any:
        """The HTTP client that ``transport=`` stands for."""
        if given is not None:
            raise ValueError("transport= and http_client= are two ways to say the same: give one of them.")
        if not isinstance(self, openai.AsyncOpenAI):
            raise ValueError("transport='aiohttp' is for AsyncOpenAI: aiohttp is asynchronous.")
        from .aiohttp_transport import http_client

        return http_client()

    @property
    def model_aliases(self) -> ModelAliases:
        """Model names as the code has them → what Pareta is sent. ``*`` is for those that have no line."""
        return cast("ModelAliases", self._options.model_aliases)

    @property
    def shadow(self) -> Shadow | None:
        """What ``shadow=`` keeps, and has cost so far."""
        return cast("Shadow | None", self._options.shadow or None)

    @property
    def user_agent(self) -> str:
        return f"pareta-openai/{__version__} {type(self).__name__}/Python openai/{openai.__version__}"

    def __reduce__(self) -> tuple[Any, ...]:
        """A client as it would be built again, without its connections, and without its key unless that was asked for.

        Where it wakes up, a client without a key takes ``PARETA_API_KEY``, as any other does; where that is missing,
        its first call says so.
        """
        names = ("organization", "project", "websocket_base_url", "timeout", "max_retries")
        arguments = {name: getattr(self, name, None) for name in names}
        arguments["base_url"] = str(self.base_url)  # type: ignore[attr-defined]
        arguments["default_query"] = _openai.default_query(self)
        headers, api_key = _openai.default_headers(self), self.api_key  # type: ignore[attr-defined]
        if self._options.pickle_api_key and api_key and self._missing_key is None:
            arguments |= {"api_key": api_key, "webhook_secret": getattr(self, "webhook_secret", None)}
        else:
            headers = without_secrets(headers, api_key)
        arguments["default_headers"] = headers
        own = {f.name: getattr(self._options, f.name) for f in dataclasses.fields(self._options)}
        own = {name: value for name, value in own.items() if value is not getattr(config.ClientOptions, name)}
        if "fallback" in own:
            own["fallback"] = portable(own["fallback"], with_key=self._options.pickle_api_key)
        return _wake_up, (type(self), {**arguments, **own})

    def __copy__(self) -> Self:
        return self.copy()  # type: ignore[attr-defined, no-any-return]

    def __deepcopy__(self, _: dict[int, Any]) -> Self:
        return self.copy()  # type: ignore[attr-defined, no-any-return]

    def __repr__(self) -> str:
        base_url, key = getattr(self, "base_url", None), getattr(self, "api_key", "")
        # A URL can carry a password in front of its host.
        base_url = re.sub(r"//[^/]*@", "//…@", str(base_url))
        shown = f"…{key[-4:]}" if len(key) > 12 else "…"
        own = "".join(
            f", {f.name}={value!r}"
            for f in dataclasses.fields(self._options)
            if (value := getattr(self._options, f.name)) not in (f.default, {})
        )
        return f"{type(self).__name__}(base_url={base_url!r}, api_key={shown!r}{own})"

    def _check_request(self, method: str, path: str, body: Any) -> Any:
        if self._missing_key is not None:
            raise self._missing_key
        if self._options.transport == "aiohttp":
            from .aiohttp_transport import require_asyncio

            require_asyncio()
        if not self._options.allow_unsupported:
            unsupported.check(self, method, path)
        return check_request(path, body, self.model_aliases)

    def _status_error(self, response: Response, body: object) -> openai.APIStatusError:
        since = unsupported.missing_before(response.request.method, self._path_of(response.request))
        is_missing = response.status_code == 404 and since is not None
        hint = f"Pareta answers this from version {since} of its platform on." if is_missing else None
        return errors.status_error(response, body, hint=hint)

    def _connection_error(self, error: openai.APIConnectionError) -> openai.APIConnectionError:
        return errors.connection_error(error)

    def _answer_class(self, cast_to: Any) -> Any:
        # Not imported before openai has: a client that never chats is not to pay for it.
        if getattr(cast_to, "__name__", "") == "ChatCompletion":
            from .types.chat import completion_class

            return completion_class(cast_to)
        return cast_to

    def _stream_class(self, stream_class: Any) -> Any:
        chunks = get_args(stream_class)
        if chunks and chunks[0].__name__ == "ChatCompletionChunk":
            from .resources.chat_stream import AsyncChatStream, ChatStream

            return {openai.Stream: ChatStream, openai.AsyncStream: AsyncChatStream}[get_origin(stream_class)]
        return stream_class

    def _finish_answer(self, answer: object, response: Response) -> None:
        if response.request.url.path.endswith("/chat/completions"):
            from .types.chat import attach_receipt

            attach_receipt(answer, response.headers)
        if self._options.fallback is not None:
            mark(answer, PARETA)

    def _unknown_model(self, error: openai.APIStatusError) -> str | None:
        """The name that the call `error` is about had for its model, where that is one of OpenAI's and no endpoint."""
        if error.status_code != 404 or not error.request.url.path.endswith("/chat/completions"):
            return None
        model = errors.named_endpoint(error.request)
        return model if model is not None and aliases.is_openai_model(model) else None

    def _unknown_model_error(self, error: openai.APIStatusError, model: str, live: list[str] | None) -> Exception:
        return errors.unknown_model(error, model, live)

    def _starts_endpoints(self, path: str) -> bool:
        return self._options.on_not_ready == "start" and not path.startswith(CONTROL_PLANE)

    def _call_timeout(self) -> float | None:
        return self._options.call_timeout

    def _out_of_time(self, method: str, path: str) -> openai.APITimeoutError:
        return errors.APITimeoutError(request=request_for(self, method, path))

    def _pause(self, seconds: float) -> float:
        return waiting.seconds_to_sleep(self.base_url, seconds)  # type: ignore[attr-defined]

    def _body_error(self, request: Request, error: Exception) -> openai.APIConnectionError:
        return errors.broken_off(request, error)

    def _unreadable_answer(self, response: Response, reason: str, body: object) -> openai.APIError:
        return errors.unreadable_answer(response, reason, body)


unsupported.guard_connections(BaseClient)


def _wake_up(client_class: Any, arguments: dict[str, Any]) -> Any:
    """A client out of a pickle.

    It is built even where its key is missing: an exception while a worker reads its task breaks the whole pool.
    """
    known = _openai.keyword_arguments(openai.OpenAI.__init__) or arguments.keys()
    arguments = {name: value for name, value in arguments.items() if name in {*known, *OWN}}
    try:
        return client_class(**arguments)
    except errors.ParetaError as error:
        if "api_key" in arguments:
            raise
        client = client_class(**arguments, api_key=_NO_KEY)
        client._missing_key = error
        return client
