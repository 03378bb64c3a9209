"""`client.evals`: what Pareta has under a name of openai's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import _openai
from ..errors import unsupported
from ..types.evals import FrontierModel
from ._calls import AsyncResource, RequestOptions, SyncResource
from .eval_runs import AsyncEvalRuns, EvalRuns, frontier_models
from .eval_sets import AsyncEvalSets, EvalSets

if TYPE_CHECKING:
    from openai.resources import AsyncEvals as _OpenAIAsyncEvals
    from openai.resources import Evals as _OpenAIEvals
    from typing_extensions import Unpack

    from ..client import AsyncParetaOpenAI, ParetaOpenAI
else:
    try:
        from openai.resources import AsyncEvals as _OpenAIAsyncEvals
        from openai.resources import Evals as _OpenAIEvals
    except ImportError:  # openai < 1.75

        class _OpenAIEvals:
            def __init__(self, _client): ...

        class _OpenAIAsyncEvals(_OpenAIEvals): ...


_IN_ITS_PLACE = {
    "create": ("POST", "evals.sets.create(task=…, items=…) takes your rows, client.evals.runs.create(…) runs on them"),
    "retrieve": ("GET", "evals.sets.retrieve(id) gives a set, evals.runs.retrieve(id) a run"),
    "update": ("POST", "a set does not change: evals.sets.create(…) makes another"),
    "list": ("GET", "evals.sets.list() lists the sets"),
    "delete": ("DELETE", "evals.sets.delete(id) deletes a set"),
}


class _OpenAIsMethods:
    """Those of openai's own evals, of both clients: what is to be awaited is what they return."""

    _pareta: Any

    def create(self, *args: Any, **kwargs: Any) -> Any:
        return self._of_openais("create", *args, **kwargs)

    def retrieve(self, *args: Any, **kwargs: Any) -> Any:
        return self._of_openais("retrieve", *args, **kwargs)

    def update(self, *args: Any, **kwargs: Any) -> Any:
        return self._of_openais("update", *args, **kwargs)

    def list(self, *args: Any, **kwargs: Any) -> Any:
        return self._of_openais("list", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._of_openais("delete", *args, **kwargs)

    def _of_openais(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """Openai's own `method`, where the client is to send what Pareta does not answer. Raises otherwise."""
        openais = getattr(super(), method, None)
        if self._pareta._options.allow_unsupported and openais is not None:
            return openais(*args, **kwargs)
        http_method, advice = _IN_ITS_PLACE[method]
        raise unsupported(self._pareta, http_method, "/evals", f"client.{advice}")


class Evals(_OpenAIsMethods, SyncResource, _OpenAIEvals):  # type: ignore[misc]
    """Evaluate models on your own rows. OpenAI's own methods raise `UnsupportedOnParetaError`, with what to call."""

    def __init__(self, client: ParetaOpenAI) -> None:
        _OpenAIEvals.__init__(self, client)
        SyncResource.__init__(self, client)

    @_openai.cached_property
    def sets(self) -> EvalSets:
        """Rows of your own."""
        return EvalSets(self._pareta)

    @_openai.cached_property
    def runs(self) -> EvalRuns:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        """Models evaluated on them."""
        return EvalRuns(self._pareta)

    def frontier_models(self, task: str | None = None, **options: Unpack[RequestOptions]) -> list[FrontierModel]:
        """The vendors' models that one can evaluate against (`GET /v1/eval/frontier-models`).

        With a `task`, those that can read its input; `benchmarked` then tells which stand on its leaderboard.
        """
        return self._send(frontier_models(task), options)


class AsyncEvals(_OpenAIsMethods, AsyncResource, _OpenAIAsyncEvals):  # type: ignore[misc]
    """`Evals`, awaited. What explains itself does so at once."""

    def __init__(self, client: AsyncParetaOpenAI) -> None:
        _OpenAIAsyncEvals.__init__(self, client)
        AsyncResource.__init__(self, client)

    @_openai.cached_property
    def sets(self) -> AsyncEvalSets:
        """Rows of your own."""
        return AsyncEvalSets(self._pareta)

    @_openai.cached_property
    def runs(self) -> AsyncEvalRuns:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        """Models evaluated on them."""
        return AsyncEvalRuns(self._pareta)

    async def frontier_models(self, task: str | None = None, **options: Unpack[RequestOptions]) -> list[FrontierModel]:
        """See `Evals.frontier_models`."""
        return await self._send(frontier_models(task), options)
