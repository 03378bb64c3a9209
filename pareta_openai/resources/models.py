"""`client.models`: the endpoints that can be called, as OpenAI lists models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from openai.pagination import AsyncPage, SyncPage
from openai.resources import models as openai_models
from openai.types import Model as Model

from .. import _openai

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..client import AsyncParetaOpenAI, ParetaOpenAI
    from ._calls import RequestOptions


class ModelList:
    """What `models.list()` gives, on either client: openai's page of models, which knows how many it holds."""

    required_fields: ClassVar[tuple[str, ...]] = ()
    """Its models are looked at before they are handed out, as the control plane's answers are."""

    if TYPE_CHECKING:
        data: Any

    def __len__(self) -> int:
        return len(self.data or ())

    def __reduce__(self: Any) -> tuple[Any, ...]:
        # Without the client and the request that openai keeps on a page, to ask for a next one that there never is.
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return _page, (type(self), {**fields, **self.model_extra})


class ModelPage(ModelList, SyncPage[Model]):
    """Of the sync client."""


class AsyncModelPage(ModelList, AsyncPage[Model]):
    """Of the async client."""


def _page(page_class: Any, fields: dict[str, Any]) -> Any:
    return page_class.construct(**fields)


class Models(openai_models.Models):
    """openai's `models`, over the live endpoints of the organisation."""

    def __init__(self, client: ParetaOpenAI) -> None:
        super().__init__(client)
        self._pareta = client

    def list(self, **options: Unpack[RequestOptions]) -> ModelPage:  # type: ignore[override]
        """The live endpoints that have a URL (`GET /v1/models`); an `id` is what `model=` takes."""
        return self._pareta.get_api_list(
            "/models", page=ModelPage, model=Model, options=_openai.request_options(**options)
        )


class AsyncModels(openai_models.AsyncModels):
    """`Models`, awaited."""

    def __init__(self, client: AsyncParetaOpenAI) -> None:
        super().__init__(client)
        self._pareta = client

    def list(  # type: ignore[override]
        self, **options: Unpack[RequestOptions]
    ) -> _openai.AsyncPaginator[Model, AsyncModelPage]:
        """See `Models.list`. What it returns can be awaited for a page, or iterated by `async for`."""
        return self._pareta.get_api_list(
            "/models", page=AsyncModelPage, model=Model, options=_openai.request_options(**options)
        )


# For `help()`, which would show the arguments' type alone.
Models.list.__wrapped__ = openai_models.Models.list  # type: ignore[attr-defined]
AsyncModels.list.__wrapped__ = openai_models.AsyncModels.list  # type: ignore[attr-defined]
