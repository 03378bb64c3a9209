"""The same bytes are the same objects from our client as from bare openai.

`make test` compares a bounded number of cases, the same ones each time. ``PARETA_SAME_CASES=1000000 python -m pytest
tests/same_as_openai`` compares that many, other ones each time.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openai.types import CreateEmbeddingResponse
from openai.types.chat import ChatCompletion, ChatCompletionChunk

import pareta_openai
from pareta_openai import decoding
from pareta_openai.types._base import ParetaModel
from tests.same_as_openai.answers import CHUNKS, COMPLETIONS, EMBEDDINGS, Recorded, recorded, stream
from tests.same_as_openai.generated import mutated, values
from tests.same_as_openai.twins import Twins, require_same_in_public
from tests.support import MESSAGES

MUTATIONS = 24
CASES = int(os.environ.get("PARETA_SAME_CASES") or 0) // 3 // (MUTATIONS + 1)


def bounded(examples: int) -> settings:
    return settings(
        max_examples=CASES or examples,
        derandomize=not CASES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(scope="module", params=["sync", "async"])
def twins(request: pytest.FixtureRequest) -> Iterator[Twins]:
    twins = Twins(is_async=request.param == "async")
    yield twins
    twins.run(lambda client: client.close())


def create(client: Any) -> Any:
    return client.chat.completions.create(model="m", messages=MESSAGES)


def embed(client: Any) -> Any:
    return client.embeddings.create(model="m", input="Invoice 2041", encoding_format="float")


def read_stream(client: Any) -> Any:
    """The chunks, and what ended them."""
    opened = client.chat.completions.create(model="m", messages=MESSAGES, stream=True)
    if hasattr(opened, "__await__"):
        return _read_later(opened)
    chunks: list[Any] = []
    try:
        for chunk in opened:
            chunks.append(chunk)
    except openai.OpenAIError as error:
        return chunks, error
    return chunks, None


async def _read_later(opening: Any) -> Any:
    chunks: list[Any] = []
    try:
        async for chunk in await opening:
            chunks.append(chunk)
    except openai.OpenAIError as error:
        return chunks, error
    return chunks, None


def require_same_outcome(ours: Any, theirs: Any) -> None:
    if isinstance(theirs, Exception):
        assert isinstance(ours, type(theirs)), (ours, theirs)
        assert getattr(ours, "body", None) == getattr(theirs, "body", None)
        assert getattr(ours, "status_code", None) == getattr(theirs, "status_code", None)
    else:
        require_same_in_public(ours, theirs)


@pytest.mark.parametrize("name", recorded())
def test_what_a_real_server_sent(twins: Twins, name: str) -> None:
    answer: Recorded = recorded()[name]
    twins.give(answer.body, status=answer.status, content_type=answer.content_type)
    if name == "models":
        theirs, ours = twins.run(lambda client: client.models.list())
        for mine, other in zip(ours.data, theirs.data, strict=True):
            require_same_in_public(mine, other)
    elif answer.content_type.startswith("text/event-stream"):
        theirs, ours = twins.run(read_stream)
        assert len(theirs[0]) > 5
        for mine, other in zip(ours[0], theirs[0], strict=True):
            require_same_in_public(mine, other)
        assert ours[1] is theirs[1] is None
    else:
        theirs, ours = twins.run(create)
        require_same_outcome(ours, theirs)


@pytest.mark.parametrize("server", COMPLETIONS)
def test_a_completion_in_the_form_of(twins: Twins, server: str) -> None:
    twins.give(json.dumps(COMPLETIONS[server]).encode())
    theirs, ours = twins.run(create)
    assert isinstance(theirs, ChatCompletion)
    require_same_outcome(ours, theirs)


@pytest.mark.parametrize("server", EMBEDDINGS)
def test_embeddings_in_the_form_of(twins: Twins, server: str) -> None:
    twins.give(json.dumps(EMBEDDINGS[server]).encode())
    theirs, ours = twins.run(embed)
    require_same_outcome(ours, theirs)


@pytest.mark.parametrize("server", CHUNKS)
def test_a_stream_in_the_form_of(twins: Twins, server: str) -> None:
    twins.give(stream(CHUNKS[server]), content_type="text/event-stream; charset=utf-8")
    theirs, ours = twins.run(read_stream)
    assert len(theirs[0]) == len(CHUNKS[server])
    for mine, other in zip(ours[0], theirs[0], strict=True):
        require_same_in_public(mine, other)
    assert ours[1] is theirs[1] is None


# One answer is read by each client's own reader; the calls above have shown that calls come to it.

_BARE = openai.OpenAI(api_key="sk-same")
_OURS = pareta_openai.OpenAI(api_key="pareta_sk_same_0123456789")


def _read(client: Any, data: Any, model: Any) -> Any:
    try:
        return client._process_response_data(data=data, cast_to=model, response=None)
    except Exception as error:
        return error


@pytest.mark.parametrize("model", [ChatCompletion, ChatCompletionChunk, CreateEmbeddingResponse])
def test_any_answer_near_to_a_models_fields(model: Any) -> None:
    @bounded(300)
    @given(values(model), st.integers(0, 2**32))
    def compare(data: Any, seed: int) -> None:
        chance = random.Random(seed)
        if isinstance(data, dict):
            require_same_reading(data, model)
            for _ in range(MUTATIONS):
                data = mutated(data, chance)
                require_same_reading(data, model)

    compare()


def require_same_reading(data: dict[str, Any], model: Any) -> None:
    theirs, ours = _read(_BARE, data, model), _read(_OURS, data, model)
    if isinstance(theirs, Exception):
        # What openai cannot read we may be able to.
        assert isinstance(ours, (type(theirs), model)), (ours, theirs)
    else:
        require_same_in_public(ours, theirs)


def types_of_ours(base: Any = ParetaModel) -> Iterator[Any]:
    for model in base.__subclasses__():
        if model.__module__.startswith("pareta_openai."):
            yield model
            yield from types_of_ours(model)


TYPES_OF_OURS = sorted(types_of_ours(), key=lambda model: str(model.__name__))


def test_types_of_ours_are_read_by_pydantics_own_hand() -> None:
    slow = {model.__name__ for model in TYPES_OF_OURS if not decoding._is_plain(model)}
    assert len(TYPES_OF_OURS) > 15
    assert slow == {"Endpoint"}  # whose fields have other names on the wire


@pytest.mark.parametrize("model", TYPES_OF_OURS, ids=lambda model: model.__name__)
def test_any_answer_near_to_a_type_of_ours_is_what_it_is_without_shortcuts(model: Any) -> None:
    @bounded(20)
    @given(values(model), st.integers(0, 2**32))
    def compare(data: Any, seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(MUTATIONS if isinstance(data, dict) else 0):
            fast = _read(_OURS, data, model)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(decoding, "read_model", lambda *_: None)
                slow = _read(_OURS, data, model)
            require_same_outcome(fast, slow)
            data = mutated(data, chance)

    compare()
