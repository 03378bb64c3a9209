"""`client.endpoints`: deploy models for tasks, and run what is deployed."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, overload

from ..types.endpoints import DeployEvent, Endpoint
from ._calls import AsyncResource, Call, RequestOptions, SyncResource, path
from .deploy_stream import AsyncDeployStream, DeployStream

if TYPE_CHECKING:
    import openai
    from typing_extensions import Unpack

OnProgress = Callable[[DeployEvent], object]


def _deploy(task: str, model: str, name: str | None, more: Mapping[str, object]) -> Call[Any]:
    if not isinstance(task, str) or not task.strip():
        raise ValueError(f"task is {task!r}: name a task. client.tasks.match('…') finds one from a sentence.")
    if not isinstance(model, str) or not model.strip():
        raise ValueError(f"model is {model!r}: name an alias from the task's leaderboard, or 'recommended'.")
    if "/" in model:
        raise ValueError(
            f"model is {model!r}, which looks like a Hugging Face repository. Pareta takes per-task aliases such as "
            f"contract-kie-1: client.tasks.leaderboard({task!r}) lists them, 'recommended' is the best."
        )
    if name is not None and (not isinstance(name, str) or not name.strip()):
        raise ValueError(f"name is {name!r}: give the endpoint a name, or leave it out.")
    body = {"task": task, "model": model, **({} if name is None else {"name": name}), **more}
    return Call("post", "/endpoints", cast_to=DeployEvent, body=body)


def _list() -> Call[list[Endpoint]]:
    return Call("get", "/endpoints", cast_to=list[Endpoint])


def _retrieve(endpoint_id: str) -> Call[Endpoint]:
    return Call("get", path("endpoints", endpoint_id), cast_to=Endpoint)


def _start(endpoint_id: str) -> Call[Endpoint]:
    return Call("post", path("endpoints", endpoint_id, "start"), cast_to=Endpoint)


def _stop(endpoint_id: str) -> Call[Endpoint]:
    return Call("post", path("endpoints", endpoint_id, "stop"), cast_to=Endpoint)


def _delete(endpoint_id: str) -> Call[None]:
    return Call("delete", path("endpoints", endpoint_id), cast_to=type(None))


def _refuse_progress_without_wait(on_progress: OnProgress | None) -> None:
    if on_progress is not None:
        raise ValueError("on_progress needs wait=True: with wait=False the events come from the stream.")


class Endpoints(SyncResource):
    """Every method raises `APIStatusError` for what the platform refuses, `NotFoundError` for an unknown id."""

    @overload
    def deploy(
        self,
        *,
        task: str,
        model: str = "recommended",
        name: str | None = None,
        wait: Literal[False] = False,
        extra_headers: Mapping[str, str] | None = None,
        timeout: float | openai.Timeout | None = None,
        **more: Any,
    ) -> DeployStream: ...

    @overload
    def deploy(
        self,
        *,
        task: str,
        model: str = "recommended",
        name: str | None = None,
        wait: Literal[True],
        on_progress: OnProgress | None = None,
        extra_headers: Mapping[str, str] | None = None,
        timeout: float | openai.Timeout | None = None,
        **more: Any,
    ) -> Endpoint: ...

    def deploy(
        self,
        *,
        task: str,
        model: str = "recommended",
        name: str | None = None,
        wait: bool = False,
        on_progress: OnProgress | None = None,
        extra_headers: Mapping[str, str] | None = None,
        timeout: float | openai.Timeout | None = None,
        **more: Any,
    ) -> DeployStream | Endpoint:
        """Deploy a model for a task; the platform picks the hardware (`POST /v1/endpoints`).

        With `wait=False` this returns the stream of the deploy's events, with `wait=True` the live endpoint;
        `on_progress` is then called with each event. `timeout` is in seconds, between two events. What stands
        in `more` (`region`, `provider`, `quality`, …) is passed on.

        Raises `ValueError` for an empty `task` and for a `model` that is a Hugging Face repository;
        `DeploymentFailedError`, with the last stage, where the deploy does not end in a live endpoint.
        """
        call = _deploy(task, model, name, more)
        if not wait:
            _refuse_progress_without_wait(on_progress)
        stream = self._stream(call, _options(extra_headers, timeout))
        if not wait:
            return stream
        with stream:
            for event in stream:
                if on_progress is not None:
                    on_progress(event)
            return stream.endpoint

    def _stream(self, call: Call[Any], options: RequestOptions) -> DeployStream:
        arguments = call.arguments(options)
        stream: DeployStream = self._client.post(call.path, stream=True, stream_cls=DeployStream, **arguments)
        return stream

    def list(self, **options: Unpack[RequestOptions]) -> builtins.list[Endpoint]:
        """The organisation's endpoints, of every status (`GET /v1/endpoints`)."""
        return self._send(_list(), options)

    def retrieve(self, endpoint_id: str, **options: Unpack[RequestOptions]) -> Endpoint:
        """One endpoint (`GET /v1/endpoints/{id}`)."""
        return self._send(_retrieve(endpoint_id), options)

    def start(self, endpoint_id: str, **options: Unpack[RequestOptions]) -> Endpoint:
        """Start a stopped endpoint, which takes minutes to be live (`POST /v1/endpoints/{id}/start`)."""
        return self._send(_start(endpoint_id), options)

    def stop(self, endpoint_id: str, **options: Unpack[RequestOptions]) -> Endpoint:
        """Stop an endpoint: calls to it raise `EndpointNotReadyError` (`POST /v1/endpoints/{id}/stop`)."""
        return self._send(_stop(endpoint_id), options)

    def delete(self, endpoint_id: str, **options: Unpack[RequestOptions]) -> None:
        """Delete an endpoint (`DELETE /v1/endpoints/{id}`)."""
        self._send(_delete(endpoint_id), options)


class AsyncEndpoints(AsyncResource):
    """`Endpoints`, awaited."""

    @overload
    async def deploy(
        self,
        *,
        task: str,
        model: str = "recommended",
        name: str | None = None,
        wait: Literal[False] = False,
        extra_headers: Mapping[str, str] | None = None,
        timeout: float | openai.Timeout | None = None,
        **more: Any,
    ) -> AsyncDeployStream: ...

    @overload
    async def deploy(
        self,
        *,
        task: str,
        model: str = "recommended",
        name: str | None = None,
        wait: Literal[True],
        on_progress: OnProgress | None = None,
        extra_headers: Mapping[str, str] | None = None,
        timeout: float | openai.Timeout | None = None,
        **more: Any,
    ) -> Endpoint: ...

    async def deploy(
        self,
        *,
        task: str,
        model: str = "recommended",
        name: str | None = None,
        wait: bool = False,
        on_progress: OnProgress | None = None,
        extra_headers: Mapping[str, str] | None = None,
        timeout: float | openai.Timeout | None = None,
        **more: Any,
    ) -> AsyncDeployStream | Endpoint:
        """See `Endpoints.deploy`. `on_progress` is called, not awaited."""
        call = _deploy(task, model, name, more)
        if not wait:
            _refuse_progress_without_wait(on_progress)
        stream = await self._stream(call, _options(extra_headers, timeout))
        if not wait:
            return stream
        async with stream:
            async for event in stream:
                if on_progress is not None:
                    on_progress(event)
            return stream.endpoint

    async def _stream(self, call: Call[Any], options: RequestOptions) -> AsyncDeployStream:
        arguments = call.arguments(options)
        stream: AsyncDeployStream = await self._client.post(
            call.path, stream=True, stream_cls=AsyncDeployStream, **arguments
        )
        return stream

    async def list(self, **options: Unpack[RequestOptions]) -> builtins.list[Endpoint]:
        """See `Endpoints.list`."""
        return await self._send(_list(), options)

    async def retrieve(self, endpoint_id: str, **options: Unpack[RequestOptions]) -> Endpoint:
        """See `Endpoints.retrieve`."""
        return await self._send(_retrieve(endpoint_id), options)

    async def start(self, endpoint_id: str, **options: Unpack[RequestOptions]) -> Endpoint:
        """See `Endpoints.start`."""
        return await self._send(_start(endpoint_id), options)

    async def stop(self, endpoint_id: str, **options: Unpack[RequestOptions]) -> Endpoint:
        """See `Endpoints.stop`."""
        return await self._send(_stop(endpoint_id), options)

    async def delete(self, endpoint_id: str, **options: Unpack[RequestOptions]) -> None:
        """See `Endpoints.delete`."""
        await self._send(_delete(endpoint_id), options)


def _options(extra_headers: Mapping[str, str] | None, timeout: float | openai.Timeout | None) -> RequestOptions:
    options: RequestOptions = {}
    if extra_headers is not None:
        options["extra_headers"] = extra_headers
    if timeout is not None:
        options["timeout"] = timeout
    return options
