"""The events of a deploy, as they come."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import openai

from .. import _openai, bodies, errors
from ..decoding import EventDecoder, ServerSentEvent, read_json
from ..types.endpoints import DeployEvent, Endpoint

if TYPE_CHECKING:
    from ..transports import Response


class _Deploy:
    """What became of a deploy, read from its events."""

    def __init__(self) -> None:
        self._has_begun = False
        self._stage: str | None = None
        self._end: DeployEvent | None = None

    def read(self, sent: ServerSentEvent) -> DeployEvent:
        self._has_begun = True
        try:
            data = read_json(sent.text)
        except ValueError:
            data = sent.text
        event = DeployEvent(event=sent.event, data=data)
        self._stage = event.stage or self._stage
        if event.event in ("complete", "error"):
            self._end = event
        return event

    @property
    def has_ended(self) -> bool:
        return self._end is not None

    def check_ended(self, response: Response) -> None:
        if not self._has_begun:
            errors.require_events(response)
        if self._end is None:
            raise errors.DeploymentFailedError(
                "The deploy's stream ended before the endpoint was live or had failed. "
                "client.endpoints.list() tells what has become of it",
                stage=self._stage,
            )

    def endpoint(self) -> Endpoint:
        if self._end is None:
            raise errors.ParetaError("The deploy is still running: read the stream to its end, or use wait=True.")
        record = self._end.data.get("endpoint") if isinstance(self._end.data, dict) else None
        if self._end.event == "error":
            said = str(self._end.message or self._end.data)[:500]
            raise errors.DeploymentFailedError(f"The deploy failed: {said}", stage=self._stage)
        if not isinstance(record, dict):
            raise errors.DeploymentFailedError("The deploy's last event names no endpoint", stage=self._stage)
        return Endpoint.construct(**record)

    def broken_off(self, error: Exception, response: Response) -> errors.APIConnectionError:
        during = f"the deploy (last stage: {self._stage}), which may go on without you: client.endpoints.list() tells"
        return errors.broken_off(response.request, error, during=during)


class DeployStream(openai.Stream[DeployEvent]):
    """The events of a deploy: an iterator, and a context manager that closes the connection.

    Raises `DeploymentFailedError` where the platform stops before it said how the deploy ended, and
    `APIConnectionError` where the connection breaks. The platform's own ``error`` event is an event like the
    others; it is `endpoint` that raises then.
    """

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        _openai.forget_iterator(self)
        self._deploy = _Deploy()
        self._events = _read(self.response, self._deploy)

    @property
    def endpoint(self) -> Endpoint:
        """The live endpoint, once the stream has ended.

        Raises `DeploymentFailedError`, with the platform's words and the last stage, where the deploy failed.
        """
        return self._deploy.endpoint()

    def __next__(self) -> DeployEvent:
        return next(self._events)

    def __iter__(self) -> Iterator[DeployEvent]:
        return self._events


def _read(response: Response, deploy: _Deploy) -> Iterator[DeployEvent]:
    decoder = EventDecoder()
    body = response.iter_bytes()
    try:
        for data in body:
            for sent in decoder.feed(data):
                yield deploy.read(sent)
                if deploy.has_ended:
                    bodies.read_rest(response, body)
                    return
    except bodies.body_errors() as error:
        raise deploy.broken_off(error, response) from error
    finally:
        response.close()
    deploy.check_ended(response)


class AsyncDeployStream(openai.AsyncStream[DeployEvent]):
    """`DeployStream`, awaited."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        _openai.forget_iterator(self)
        self._deploy = _Deploy()
        self._events = _async_read(self.response, self._deploy)

    @property
    def endpoint(self) -> Endpoint:
        """See `DeployStream.endpoint`."""
        return self._deploy.endpoint()

    async def __anext__(self) -> DeployEvent:
        return await self._events.__anext__()

    def __aiter__(self) -> AsyncIterator[DeployEvent]:
        return self._events

    async def close(self) -> None:
        """Release the connection, whatever is still to come on it."""
        await bodies.end_reading(self._events)
        await super().close()


async def _async_read(response: Response, deploy: _Deploy) -> AsyncGenerator[DeployEvent]:
    decoder = EventDecoder()
    body = response.aiter_bytes()
    try:
        async with aclosing(body):
            async for data in body:
                for sent in decoder.feed(data):
                    yield deploy.read(sent)
                    if deploy.has_ended:
                        await bodies.async_read_rest(response, body)
                        return
    except bodies.body_errors() as error:
        raise deploy.broken_off(error, response) from error
    finally:
        await response.aclose()
    deploy.check_ended(response)
