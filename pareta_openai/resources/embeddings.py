"""`client.embeddings`: openai's, which sends on what openai has no name for."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from openai.resources import embeddings as openai_embeddings

from .chat import prepared

if TYPE_CHECKING:
    from typing import Literal

    from openai.types import CreateEmbeddingResponse
    from openai.types.embedding_create_params import EmbeddingCreateParams
    from typing_extensions import Unpack

    from ._calls import RequestOptions

    class _Arguments(EmbeddingCreateParams, RequestOptions, total=False):
        input_type: Literal["query", "document"]


class Embeddings(openai_embeddings.Embeddings):
    """openai's `embeddings`; `create` takes `input_type` too: a query is embedded to find documents."""

    if TYPE_CHECKING:

        def create(self, **arguments: Unpack[_Arguments]) -> CreateEmbeddingResponse: ...  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]

    else:

        @wraps(openai_embeddings.Embeddings.create)
        def create(self, *args: Any, **kwargs: Any) -> Any:
            return super().create(*args, **prepared(openai_embeddings.Embeddings.create, kwargs))


class AsyncEmbeddings(openai_embeddings.AsyncEmbeddings):
    """`Embeddings`, awaited."""

    if TYPE_CHECKING:

        async def create(self, **arguments: Unpack[_Arguments]) -> CreateEmbeddingResponse: ...  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]

    else:

        @wraps(openai_embeddings.AsyncEmbeddings.create)
        async def create(self, *args: Any, **kwargs: Any) -> Any:
            return await super().create(*args, **prepared(openai_embeddings.AsyncEmbeddings.create, kwargs))
