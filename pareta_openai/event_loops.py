"""The HTTP client below an async client, for programs with more than one event loop."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import openai

from .quick_requests import QuickRequests
from .transports import default_transport

if TYPE_CHECKING:
    from .transports import Request, Response


class EventLoopsHttpClient(QuickRequests, openai.DefaultAsyncHttpxClient):
    """openai's default, with connections of its own for each event loop.

    asyncio's connections work in the loop that opened them. In the next one, as where each function of a program runs
    in an `asyncio.run` of its own, they raise "Event loop is closed", and in one beside it they hang.
    """

    def __init__(self) -> None:
        self._clients: dict[asyncio.AbstractEventLoop | None, Any] = {}
        # Read once: the authorities that are trusted take 30 ms.
        self._tls = default_transport().create_ssl_context()
        super().__init__(verify=self._tls)

    async def send(self, request: Request, **options: Any) -> Response:
        # One that is closed says so itself.
        client: Any = super() if self.is_closed else self._client_of(_running_loop())
        response: Response = await client.send(request, **options)
        return response

    def _client_of(self, loop: asyncio.AbstractEventLoop | None) -> Any:
        client = self._clients.get(loop)
        if client is None:
            for other in list(self._clients):
                if other is not None and other.is_closed():
                    self._clients.pop(other, None)
            # The jar, and not its contents: a cookie that one loop is given is sent by all.
            client = self._clients[loop] = openai.DefaultAsyncHttpxClient(
                verify=self._tls, cookies=self.cookies.jar, event_hooks=self.event_hooks
            )
        return client

    async def aclose(self) -> None:
        await super().aclose()
        client = self._clients.pop(_running_loop(), None)
        self._close_elsewhere()
        if client is not None:
            await client.aclose()

    def __del__(self) -> None:
        self._close_elsewhere()

    def _close_elsewhere(self) -> None:
        """Have the loops that still run close what they opened. What a closed one has opened, the collector closes."""
        while self._clients:
            loop, client = self._clients.popitem()
            if loop is None or loop.is_closed():
                continue
            if loop is _running_loop():
                # Not in the loop's next turn: a loop that ends cancels its tasks, and would forget one made later.
                loop.create_task(client.aclose())
            else:
                with suppress(RuntimeError):  # it was closed just now
                    loop.call_soon_threadsafe(_close_in, loop, client)


def _close_in(loop: asyncio.AbstractEventLoop, client: Any) -> None:
    loop.create_task(client.aclose())


def _running_loop() -> asyncio.AbstractEventLoop | None:
    """None under trio, whose connections work in every loop."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
