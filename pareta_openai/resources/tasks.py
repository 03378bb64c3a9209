"""`client.tasks`: the catalogue of tasks, and the models that are good at each."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any

from ..types._base import ParetaModel
from ..types.tasks import Leaderboard, Task, TaskMatch
from ._calls import AsyncResource, Call, RequestOptions, SyncResource, path

if TYPE_CHECKING:
    from typing_extensions import Unpack


class _TaskList(ParetaModel):
    tasks: list[Task] = []


def _list() -> Call[list[Task]]:
    return Call("get", "/tasks", cast_to=_TaskList, read=lambda answer: answer.tasks)


def _retrieve(task_id: str, examples_n: int | None) -> Call[Task]:
    query = {} if examples_n is None else {"examples_n": examples_n}
    return Call("get", path("tasks", task_id), cast_to=Task, query=query)


def _match(query: str, top_k: int) -> Call[TaskMatch]:
    if not isinstance(query, str) or not query.strip():
        raise ValueError(f"query is {query!r}: say in a sentence what the model is to do.")
    if top_k < 1:
        raise ValueError(f"top_k is {top_k!r}: ask for at least one candidate.")
    return Call("post", "/tasks/match", cast_to=TaskMatch, body={"query": query, "top_k": top_k})


def _leaderboard(task_id: str) -> Call[Leaderboard]:
    return Call("get", path("tasks", task_id, "leaderboard"), cast_to=Leaderboard)


def _recommended(task_id: str) -> Call[str | None]:
    def read(leaderboard: Any) -> str | None:
        recommended: str | None = leaderboard.recommended
        return recommended

    return Call("get", path("tasks", task_id, "leaderboard"), cast_to=Leaderboard, read=read)


class Tasks(SyncResource):
    """Every method raises `APIStatusError` for what the platform refuses, `NotFoundError` for an unknown task."""

    def list(self, **options: Unpack[RequestOptions]) -> builtins.list[Task]:
        """All tasks of the catalogue (`GET /v1/tasks`)."""
        return self._send(_list(), options)

    def retrieve(self, task_id: str, *, examples_n: int | None = None, **options: Unpack[RequestOptions]) -> Task:
        """One task, with up to `examples_n` of its examples (`GET /v1/tasks/{id}`)."""
        return self._send(_retrieve(task_id, examples_n), options)

    def match(self, query: str, *, top_k: int = 5, **options: Unpack[RequestOptions]) -> TaskMatch:
        """The tasks that a sentence asks for, at most `top_k` of them (`POST /v1/tasks/match`).

        Raises `ValueError` for an empty `query`. That nothing fits is an answer, told by `type`, not an error.
        """
        return self._send(_match(query, top_k), options)

    def leaderboard(self, task_id: str, **options: Unpack[RequestOptions]) -> Leaderboard:
        """The models that are good at a task, best first (`GET /v1/tasks/{id}/leaderboard`)."""
        return self._send(_leaderboard(task_id), options)

    def recommended(self, task_id: str, **options: Unpack[RequestOptions]) -> str | None:
        """The model that `endpoints.deploy(model="recommended")` takes, from the task's leaderboard."""
        return self._send(_recommended(task_id), options)


class AsyncTasks(AsyncResource):
    """`Tasks`, awaited."""

    async def list(self, **options: Unpack[RequestOptions]) -> builtins.list[Task]:
        """See `Tasks.list`."""
        return await self._send(_list(), options)

    async def retrieve(self, task_id: str, *, examples_n: int | None = None, **options: Unpack[RequestOptions]) -> Task:
        """See `Tasks.retrieve`."""
        return await self._send(_retrieve(task_id, examples_n), options)

    async def match(self, query: str, *, top_k: int = 5, **options: Unpack[RequestOptions]) -> TaskMatch:
        """See `Tasks.match`."""
        return await self._send(_match(query, top_k), options)

    async def leaderboard(self, task_id: str, **options: Unpack[RequestOptions]) -> Leaderboard:
        """See `Tasks.leaderboard`."""
        return await self._send(_leaderboard(task_id), options)

    async def recommended(self, task_id: str, **options: Unpack[RequestOptions]) -> str | None:
        """See `Tasks.recommended`."""
        return await self._send(_recommended(task_id), options)
