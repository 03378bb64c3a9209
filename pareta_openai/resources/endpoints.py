"""`client.endpoints`: deploy models for tasks, and run what is deployed."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any, List, Literal, overload  # noqa: UP035

from .. import _openai
from ..errors import DeploymentFailedError
from ..progress import reporting
from ..types.endpoints import DeployEvent, Endpoint
from ..waiting import Wait, noting_interruption
from ._calls import AsyncResource, Call, ExtraOptions, RequestOptions, SyncResource, path
from .deploy_stream import AsyncDeployStream, DeployStream
from .metrics import AsyncMetrics, Metrics

if TYPE_CHECKING:
    import openai
    from typing_extensions import Unpack

OnDeployProgress = Callable[[DeployEvent], object]
OnWaitProgress = Callable[[Endpoint], object]

# What an endpoint does not get out of by itself.
_FAILED = ("failed", "error")
_AT_REST = ("stopped", "cold")


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
    # Not list[…]: on Python 3.10 that passes for a class, and openai asks of which it is a subclass.
    return Call("get", "/endpoints", cast_to=List[Endpoint])  # noqa: UP006


def _retrieve(endpoint_id: str) -> Call[Endpoint]:
    return Call("get", path("endpoints", endpoint_id), cast_to=Endpoint)


def _start(endpoint_id: str) -> Call[Endpoint]:
    return Call("post", path("endpoints", endpoint_id, "start"), cast_to=Endpoint)


def _stop(endpoint_id: str) -> Call[Endpoint]:
    return Call("post", path("endpoints", endpoint_id, "stop"), cast_to=Endpoint)


def _start_if_at_rest(endpoint_id: str) -> Generator[Call[Endpoint], Endpoint, None]:
    if (yield _retrieve(endpoint_id)).status in _AT_REST:
        yield _start(endpoint_id)


def _delete(endpoint_id: str) -> Call[None]:
    return Call("delete", path("endpoints", endpoint_id), cast_to=type(None))


def _refuse_progress_without_wait(on_progress: OnDeployProgress | None, progress: bool) -> None:
    if on_progress is not None or progress:
        raise ValueError("on_progress and progress need wait=True: with wait=False the events come from the stream.")


def _refuse_raw_wait(extra_headers: Mapping[str, str] | None) -> None:
    if _openai.wants_raw(extra_headers):
        raise ValueError("A raw response is one answer: deploy with wait=False, whose .parse() gives the stream.")


def _describe_event(event: DeployEvent) -> tuple[str, float | None]:
    return event.label or event.stage or event.event, event.pct


def _describe_endpoint(endpoint: Endpoint) -> tuple[str, float | None]:
    return endpoint.status or "", None


def _deploy_note(name: str | None) -> str:
    how = (
        "client.endpoints.list() shows it"
        if name is None
        else f"client.endpoints.wait_until_live({name!r}) waits for it"
    )
    return f"Stopped waiting. The deploy of endpoint {name or 'without a name'} goes on: {how}."


def _wait_for(endpoint_id: str, timeout: float, poll_interval: float) -> Wait:
    return Wait(
        what=f"Endpoint {endpoint_id}",
        id=endpoint_id,
        resume=f"client.endpoints.wait_until_live({endpoint_id!r})",
        timeout=timeout,
        poll_interval=poll_interval,
    )


def _is_live(endpoint: Endpoint, *, was_started: bool) -> bool:
    """Raises `DeploymentFailedError` for an endpoint that no waiting makes live."""
    if endpoint.status in _FAILED:
        raise DeploymentFailedError(f"Endpoint {endpoint.id} has failed.{_reason(endpoint)}")
    if endpoint.status == "stopped" and not was_started:
        raise DeploymentFailedError(
            f"Endpoint {endpoint.id} is stopped, and nothing is starting it: client.endpoints.ensure_live("
            f"{endpoint.id!r}) starts it and waits."
        )
    return endpoint.is_live


def _watch(report: Callable[[Endpoint], None], *, was_started: bool) -> Callable[[Endpoint], bool]:
    def is_done(endpoint: Endpoint) -> bool:
        report(endpoint)
        return _is_live(endpoint, was_started=was_started)

    return is_done


def _reason(endpoint: Endpoint) -> str:
    """In the platform's words, where its record has any."""
    words = endpoint.get("message") or endpoint.get("error_detail") or endpoint.get("error")
    return f" The platform says: {words}" if isinstance(words, str) else ""


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
        on_progress: OnDeployProgress | None = None,
        progress: bool = False,
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
        on_progress: OnDeployProgress | None = None,
        progress: bool = False,
        extra_headers: Mapping[str, str] | None = None,
        timeout: float | openai.Timeout | None = None,
        **more: Any,
    ) -> DeployStream | Endpoint:
        """Deploy a model for a task; the platform picks the hardware (`POST /v1/endpoints`).

        With `wait=False` this returns the stream of the deploy's events, with `wait=True` the live endpoint;
        `on_progress` is then called with each event, and `progress=True` shows a bar on a terminal. `timeout` is
        in seconds, between two events. What stands in `more` (`region`, `provider`, `quality`, …) is passed on.

        Raises `ValueError` for an empty `task` and for a `model` that is a Hugging Face repository;
        `DeploymentFailedError`, with the last stage, where the deploy does not end in a live endpoint.
        """
        call = _deploy(task, model, name, more)
        options = _options(extra_headers, timeout)
        if not wait:
            _refuse_progress_without_wait(on_progress, progress)
            return self._stream(call, options)
        _refuse_raw_wait(extra_headers)
        with (
            reporting(f"Deploying {task}", _describe_event, on_progress=on_progress, progress=progress) as report,
            noting_interruption(_deploy_note(name)),
            self._stream(call, options) as stream,
        ):
            for event in stream:
                report(event)
            return stream.endpoint

    def _stream(self, call: Call[Any], options: RequestOptions) -> DeployStream:
        arguments = call.arguments(options)
        stream: DeployStream = self._pareta.post(call.path, stream=True, stream_cls=DeployStream, **arguments)
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
        return self._send(_delete(endpoint_id), options)

    def metrics(self, endpoint_id: str) -> Metrics:
        """How an endpoint does: performance, uptime, cost, quality and activity, each a method."""
        return Metrics(self._pareta, endpoint_id)

    def wait_until_live(
        self,
        endpoint_id: str,
        *,
        timeout: float = 300.0,
        poll_interval: float = 2.0,
        on_progress: OnWaitProgress | None = None,
        progress: bool = False,
        **options: Unpack[ExtraOptions],
    ) -> Endpoint:
        """Wait for an endpoint that is starting, at most `timeout` seconds, looking every `poll_interval` seconds.

        Raises `NotFoundError` where it does not exist, `DeploymentFailedError` where it has failed or is stopped,
        `WaitTimeoutError` where it was still starting when the time ran out.
        """
        return self._wait(endpoint_id, timeout, poll_interval, on_progress, progress, options, was_started=False)

    def ensure_live(
        self,
        endpoint_id: str,
        *,
        timeout: float = 300.0,
        poll_interval: float = 2.0,
        on_progress: OnWaitProgress | None = None,
        progress: bool = False,
        **options: Unpack[ExtraOptions],
    ) -> Endpoint:
        """Start an endpoint if it is stopped or cold, then wait as `wait_until_live` does, and raise what it raises."""
        self._follow(_start_if_at_rest(endpoint_id), options)
        return self._wait(endpoint_id, timeout, poll_interval, on_progress, progress, options, was_started=True)

    def _wait(
        self,
        endpoint_id: str,
        timeout: float,
        poll_interval: float,
        on_progress: OnWaitProgress | None,
        progress: bool,
        options: ExtraOptions,
        *,
        was_started: bool,
    ) -> Endpoint:
        wait = _wait_for(endpoint_id, timeout, poll_interval)
        with reporting(wait.what, _describe_endpoint, on_progress=on_progress, progress=progress) as report:
            return self._poll(_retrieve(endpoint_id), options, wait, _watch(report, was_started=was_started))


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
        on_progress: OnDeployProgress | None = None,
        progress: bool = False,
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
        on_progress: OnDeployProgress | None = None,
        progress: bool = False,
        extra_headers: Mapping[str, str] | None = None,
        timeout: float | openai.Timeout | None = None,
        **more: Any,
    ) -> AsyncDeployStream | Endpoint:
        """See `Endpoints.deploy`. `on_progress` is called, not awaited."""
        call = _deploy(task, model, name, more)
        options = _options(extra_headers, timeout)
        if not wait:
            _refuse_progress_without_wait(on_progress, progress)
            return await self._stream(call, options)
        _refuse_raw_wait(extra_headers)
        with (
            reporting(f"Deploying {task}", _describe_event, on_progress=on_progress, progress=progress) as report,
            noting_interruption(_deploy_note(name)),
        ):
            async with await self._stream(call, options) as stream:
                async for event in stream:
                    report(event)
                return stream.endpoint

    async def _stream(self, call: Call[Any], options: RequestOptions) -> AsyncDeployStream:
        arguments = call.arguments(options)
        stream: AsyncDeployStream = await self._pareta.post(
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
        return await self._send(_delete(endpoint_id), options)

    def metrics(self, endpoint_id: str) -> AsyncMetrics:
        """See `Endpoints.metrics`. Not awaited: what it gives has the methods that are."""
        return AsyncMetrics(self._pareta, endpoint_id)

    async def wait_until_live(
        self,
        endpoint_id: str,
        *,
        timeout: float = 300.0,
        poll_interval: float = 2.0,
        on_progress: OnWaitProgress | None = None,
        progress: bool = False,
        **options: Unpack[ExtraOptions],
    ) -> Endpoint:
        """See `Endpoints.wait_until_live`. `on_progress` is called, not awaited."""
        return await self._wait(endpoint_id, timeout, poll_interval, on_progress, progress, options, was_started=False)

    async def ensure_live(
        self,
        endpoint_id: str,
        *,
        timeout: float = 300.0,
        poll_interval: float = 2.0,
        on_progress: OnWaitProgress | None = None,
        progress: bool = False,
        **options: Unpack[ExtraOptions],
    ) -> Endpoint:
        """See `Endpoints.ensure_live`. `on_progress` is called, not awaited."""
        await self._follow(_start_if_at_rest(endpoint_id), options)
        return await self._wait(endpoint_id, timeout, poll_interval, on_progress, progress, options, was_started=True)

    async def _wait(
        self,
        endpoint_id: str,
        timeout: float,
        poll_interval: float,
        on_progress: OnWaitProgress | None,
        progress: bool,
        options: ExtraOptions,
        *,
        was_started: bool,
    ) -> Endpoint:
        wait = _wait_for(endpoint_id, timeout, poll_interval)
        with reporting(wait.what, _describe_endpoint, on_progress=on_progress, progress=progress) as report:
            return await self._poll(_retrieve(endpoint_id), options, wait, _watch(report, was_started=was_started))


def _options(extra_headers: Mapping[str, str] | None, timeout: float | openai.Timeout | None) -> RequestOptions:
    options: RequestOptions = {}
    if extra_headers is not None:
        options["extra_headers"] = extra_headers
    if timeout is not None:
        options["timeout"] = timeout
    return options
