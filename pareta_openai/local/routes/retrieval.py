"""Embeddings and reranking."""

from __future__ import annotations

import base64
import struct
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from pareta_openai.local import metering
from pareta_openai.local.bodies import Body, Integer
from pareta_openai.local.embedding import DIMENSIONS, embed, similarity
from pareta_openai.local.inference import receipt
from pareta_openai.local.responder import count_tokens

from .dependencies import CurrentState, RequestMeter

router: APIRouter = APIRouter(tags=["Newer"])

_Text = Annotated[str, Field(min_length=1)]
_Tokens = Annotated[list[Integer], Field(min_length=1)]


class EmbeddingsRequest(Body):
    """A text may be given as tokens. `input_type` changes nothing here."""

    input: _Text | Annotated[list[_Text] | list[_Tokens] | _Tokens, Field(min_length=1, max_length=2048)]
    model: str | None = None
    input_type: Literal["query", "document"] | None = None
    encoding_format: Literal["float", "base64"] | None = None
    dimensions: Integer | None = Field(default=None, ge=1, le=DIMENSIONS)

    def texts(self) -> list[str]:
        if isinstance(self.input, str):
            return [self.input]
        texts: list[str] = []
        tokens: list[int] = []
        for item in self.input:
            if isinstance(item, int):
                tokens.append(item)
            else:
                texts.append(item if isinstance(item, str) else _spelt(item))
        return [*texts, _spelt(tokens)] if tokens else texts


class Embedding(BaseModel):
    object: str
    index: int
    embedding: list[float] | str


class EmbeddingsUsage(BaseModel):
    prompt_tokens: int
    total_tokens: int


class Embeddings(BaseModel):
    object: str
    model: str
    data: list[Embedding]
    usage: EmbeddingsUsage


class RerankRequest(Body):
    query: _Text
    documents: list[str] = Field(min_length=1, max_length=1000)
    top_n: Integer | None = Field(default=None, ge=1)


class Ranked(BaseModel):
    index: int
    relevance_score: float


class Ranking(BaseModel):
    """`pairs` is how many documents were scored."""

    results: list[Ranked]
    model: str
    pairs: int


@router.post("/embeddings")
async def create_embeddings(
    body: EmbeddingsRequest, response: Response, state: CurrentState, meter: RequestMeter
) -> Embeddings:
    """In OpenAI's shape, billed by the token."""
    meter.require_credit()
    texts = body.texts()
    vectors = [embed(text, body.dimensions or DIMENSIONS) for text in texts]
    tokens = sum(count_tokens(text) for text in texts)
    response.headers.update(receipt(state, meter.book(metering.EMBEDDING, tokens)))
    return Embeddings(
        object="list",
        model=metering.EMBEDDING.model,
        data=[
            Embedding(
                object="embedding",
                index=index,
                embedding=_base64(vector) if body.encoding_format == "base64" else vector,
            )
            for index, vector in enumerate(vectors)
        ],
        usage=EmbeddingsUsage(prompt_tokens=tokens, total_tokens=tokens),
    )


@router.post("/rerank")
async def rerank(body: RerankRequest, response: Response, state: CurrentState, meter: RequestMeter) -> Ranking:
    """The best first, `top_n` of them; billed by the document, also for those that are left out."""
    meter.require_credit()
    asked = embed(body.query)
    scores = [similarity(asked, embed(document)) for document in body.documents]
    response.headers.update(receipt(state, meter.book(metering.RERANKING, len(scores))))
    best_first = sorted(range(len(scores)), key=lambda index: -scores[index])
    return Ranking(
        results=[Ranked(index=index, relevance_score=scores[index]) for index in best_first[: body.top_n]],
        model=metering.RERANKING.model,
        pairs=len(scores),
    )


def _spelt(tokens: list[int]) -> str:
    return " ".join(map(str, tokens))


def _base64(vector: list[float]) -> str:
    """As OpenAI's clients read it: 32-bit floats, the lowest byte first."""
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
