"""The two clients: how they are built and copied, and what hangs on them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import openai

from . import _openai
from .base_client import BaseClient
from .going_over import AsyncCalls, SyncCalls

if TYPE_CHECKING:
    from typing import Any

    from typing_extensions import Self, Unpack

    from .arguments import AsyncArguments, AsyncCopyArguments, SyncArguments, SyncCopyArguments
    from .resources.chat import AsyncChat, Chat
    from .resources.embeddings import AsyncEmbeddings, Embeddings
    from .resources.endpoints import AsyncEndpoints, Endpoints
    from .resources.evals import AsyncEvals, Evals
    from .resources.models import AsyncModels, Models
    from .resources.tasks import AsyncTasks, Tasks
    from .transports import URL

_POLL_INTERVAL = 2.0
"""Seconds between two looks at an endpoint that a call is waiting for."""


class ParetaOpenAI(BaseClient, SyncCalls, _openai.SyncHooks, openai.OpenAI):
    """An ``openai.OpenAI`` for Pareta, which it is a real subclass of.

    `api_key` is a ``pareta_sk_`` key, else ``PARETA_API_KEY``. `base_url` is the platform's, with or without
    ``/v1``, else ``PARETA_BASE_URL``, else production. `model_aliases` maps model names that stand in the code to
    endpoints, else ``PARETA_MODEL_ALIASES`` (``gpt-4o-mini=ep_one,gpt-4o=ep_two``). All else is openai's.

    With ``on_not_ready="start"``, a call to a stopped or cold endpoint starts it, waits at most
    `not_ready_timeout` seconds (300) until it is live, and is then sent once more, with the same idempotency key.

    With a `fallback`, another client of openai's, calls that meet an error of `fallback_on` go there, as the model that
    `fallback_models` has for theirs; `on_fallback` is told. With `share`, that part of the calls goes to Pareta, by
    `share_key` or the end user that a call names, and the rest there. With `shadow`, the fallback answers, and Pareta
    is asked beside it (see `Shadow`). An answer's `served_by` is ``pareta`` or ``fallback``.

    What Pareta does not serve raises `UnsupportedOnParetaError` before it is sent, unless `allow_unsupported`.

    `timeout` is openai's, for one attempt. `call_timeout` is for a call with all its retries, in seconds: no retry is
    begun that it leaves no time for.

    A pickled client reads its key anew where it wakes up; with ``pickle_api_key=True`` the pickle holds it.

    Raises `ParetaError` for a key or URL that is missing or cannot be used, `TypeError` for an unknown argument.
    """

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            api_key: str | Callable[[], str] | None = None,
            base_url: str | URL | None = None,
            **arguments: Unpack[SyncArguments],
        ) -> None: ...

        # openai's list of arguments differs between its versions; these are in all of them.
        def copy(  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
            self,
            *,
            api_key: str | Callable[[], str] | None = None,
            base_url: str | URL | None = None,
            **arguments: Unpack[SyncCopyArguments],
        ) -> Self: ...

        with_options = copy  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]

    def _live_endpoints(self) -> list[str] | None:
        try:
            return [model.id for model in self.models.list()]
        except openai.OpenAIError:
            return None

    def _default_http_client(self) -> Any:
        from .quick_requests import HttpClient

        return HttpClient()

    def _bring_up(self, endpoint_id: str) -> None:
        self.endpoints.ensure_live(endpoint_id, timeout=self._options.not_ready_timeout, poll_interval=_POLL_INTERVAL)

    @_openai.cached_property
    def with_raw_response(self) -> _openai.OpenAIWithRawResponse:
        from .resources._raw import RawNamespaces

        return RawNamespaces(self, "with_raw_response")  # type: ignore[return-value]

    @_openai.cached_property
    def with_streaming_response(self) -> _openai.OpenAIWithStreamedResponse:
        from .resources._raw import RawNamespaces

        return RawNamespaces(self, "with_streaming_response")  # type: ignore[return-value]

    @_openai.cached_property
    def chat(self) -> Chat:
        from .resources.chat import Chat

        return Chat(self)

    @_openai.cached_property
    def embeddings(self) -> Embeddings:
        from .resources.embeddings import Embeddings

        return Embeddings(self)

    @_openai.cached_property
    def models(self) -> Models:
        from .resources.models import Models

        return Models(self)

    @_openai.cached_property
    def endpoints(self) -> Endpoints:
        """Deploy models for tasks; list, start, stop and delete what is deployed."""
        from .resources.endpoints import Endpoints

        return Endpoints(self)

    @_openai.cached_property
    def evals(self) -> Evals:
        """Evaluate models on your own rows, against vendors' models if you like."""
        from .resources.evals import Evals

        return Evals(self)

    @_openai.cached_property
    def tasks(self) -> Tasks:
        """The catalogue of tasks, and the models that are good at each."""
        from .resources.tasks import Tasks

        return Tasks(self)


class AsyncParetaOpenAI(BaseClient, AsyncCalls, _openai.AsyncHooks, openai.AsyncOpenAI):
    """An ``openai.AsyncOpenAI`` for Pareta: `ParetaOpenAI`, awaited.

    With ``transport="aiohttp"`` it sends by aiohttp, which takes half the CPU where many streams come in small pieces.
    That needs ``pip install 'pareta-openai[fast]'``, and asyncio.
    """

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            api_key: str | Callable[[], Awaitable[str]] | None = None,
            base_url: str | URL | None = None,
            **arguments: Unpack[AsyncArguments],
        ) -> None: ...

        def copy(  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
            self,
            *,
            api_key: str | Callable[[], Awaitable[str]] | None = None,
            base_url: str | URL | None = None,
            **arguments: Unpack[AsyncCopyArguments],
        ) -> Self: ...

        with_options = copy  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]

    async def aclose(self) -> None:
        """`close`, as Pareta's own client and the transport call it."""
        await self.close()

    def _default_http_client(self) -> Any:
        from .event_loops import EventLoopsHttpClient

        return EventLoopsHttpClient()

    async def _live_endpoints(self) -> list[str] | None:
        try:
            return [model.id async for model in self.models.list()]
        except openai.OpenAIError:
            return None

    async def _bring_up(self, endpoint_id: str) -> None:
        await self.endpoints.ensure_live(
            endpoint_id, timeout=self._options.not_ready_timeout, poll_interval=_POLL_INTERVAL
        )

    @_openai.cached_property
    def with_raw_response(self) -> _openai.AsyncOpenAIWithRawResponse:
        from .resources._raw import RawNamespaces

        return RawNamespaces(self, "with_raw_response")  # type: ignore[return-value]

    @_openai.cached_property
    def with_streaming_response(self) -> _openai.AsyncOpenAIWithStreamedResponse:
        from .resources._raw import RawNamespaces

        return RawNamespaces(self, "with_streaming_response")  # type: ignore[return-value]

    @_openai.cached_property
    def chat(self) -> AsyncChat:
        from .resources.chat import AsyncChat

        return AsyncChat(self)

    @_openai.cached_property
    def embeddings(self) -> AsyncEmbeddings:
        from .resources.embeddings import AsyncEmbeddings

        return AsyncEmbeddings(self)

    @_openai.cached_property
    def models(self) -> AsyncModels:
        from .resources.models import AsyncModels

        return AsyncModels(self)

    @_openai.cached_property
    def endpoints(self) -> AsyncEndpoints:
        """Deploy models for tasks; list, start, stop and delete what is deployed."""
        from .resources.endpoints import AsyncEndpoints

        return AsyncEndpoints(self)

    @_openai.cached_property
    def evals(self) -> AsyncEvals:
        """Evaluate models on your own rows, against vendors' models if you like."""
        from .resources.evals import AsyncEvals

        return AsyncEvals(self)

    @_openai.cached_property
    def tasks(self) -> AsyncTasks:
        """The catalogue of tasks, and the models that are good at each."""
        from .resources.tasks import AsyncTasks

        return AsyncTasks(self)


# One a line: mypy takes no chain of assignments for a type.
Client = ParetaOpenAI
OpenAI = ParetaOpenAI
Pareta = ParetaOpenAI
AsyncClient = AsyncParetaOpenAI
AsyncOpenAI = AsyncParetaOpenAI
AsyncPareta = AsyncParetaOpenAI

# What a user imported is what a traceback and a pickle name.
for _client in (ParetaOpenAI, AsyncParetaOpenAI):
    _client.__module__ = __package__ or ""
