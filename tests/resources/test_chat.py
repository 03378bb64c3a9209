"""`client.chat.completions`: openai's, on the platform."""

from __future__ import annotations

from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from tests.support import MESSAGES, Answer, ScriptedServer, collect, settle

pytestmark = pytest.mark.anyio


async def test_an_endpoint_answers(client: Any, endpoint: str) -> None:
    answer = await settle(
        client.chat.completions.create(model=endpoint, messages=MESSAGES, temperature=0, max_tokens=60)
    )
    assert isinstance(answer, ChatCompletion)
    assert "Hansen Tools" in answer.choices[0].message.content
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


async def test_a_stream_gives_the_same_text_in_chunks(client: Any, endpoint: str) -> None:
    whole = await settle(client.chat.completions.create(model=endpoint, messages=MESSAGES))
    stream = await settle(client.chat.completions.create(model=endpoint, messages=MESSAGES, stream=True))
    chunks = await collect(stream)
    assert len(chunks) > 2
    assert all(isinstance(chunk, ChatCompletionChunk) for chunk in chunks)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text == whole.choices[0].message.content


async def test_a_stream_ends_with_usage_where_it_was_asked_for(client: Any, endpoint: str) -> None:
    stream = await settle(
        client.chat.completions.create(
            model=endpoint, messages=MESSAGES, stream=True, stream_options={"include_usage": True}
        )
    )
    last = (await collect(stream))[-1]
    assert last.choices == []
    assert last.usage.completion_tokens > 0


async def test_unknown_arguments_go_into_the_body(scripted: Any, script: ScriptedServer) -> None:
    await settle(
        scripted.chat.completions.create(
            model="ep",
            messages=MESSAGES,
            temperature=0,
            top_k=5,
            guided_json={"type": "object"},
            extra_body={"repetition_penalty": 1.1, "top_k": 6},
        )
    )
    assert script.received[0].json == {
        "model": "ep",
        "messages": MESSAGES,
        "temperature": 0,
        "guided_json": {"type": "object"},
        "repetition_penalty": 1.1,
        "top_k": 6,
    }


async def test_unknown_arguments_go_into_the_body_of_raw_and_streamed_calls(
    scripted: Any, script: ScriptedServer
) -> None:
    await settle(scripted.with_raw_response.chat.completions.create(model="ep", messages=MESSAGES, top_k=5))
    script.answer(Answer(200, b"data: [DONE]\n\n", {"content-type": "text/event-stream"}))
    await collect(await settle(scripted.chat.completions.create(model="ep", messages=MESSAGES, top_k=5, stream=True)))
    assert [received.json["top_k"] for received in script.received] == [5, 5]


@pytest.mark.parametrize("model", ["", None])
async def test_an_empty_model_is_refused_unsent(scripted: Any, script: ScriptedServer, model: Any) -> None:
    with pytest.raises(ValueError, match=r"^model is .*client\.models\.list\(\)"):
        await settle(scripted.chat.completions.create(model=model, messages=MESSAGES))
    assert script.received == []


@pytest.mark.parametrize("messages", [[], None, ()])
async def test_empty_messages_are_refused_unsent(scripted: Any, script: ScriptedServer, messages: Any) -> None:
    for more in ({}, {"stream": True}):
        with pytest.raises(ValueError, match=r"^messages is .*send at least one"):
            await settle(scripted.chat.completions.create(model="ep", messages=messages, **more))
    assert script.received == []


async def test_a_model_alias_reaches_its_endpoint(client: Any, endpoint: str) -> None:
    aliased = client.with_options(model_aliases={"gpt-4o-mini": endpoint}).with_options(timeout=30)
    answer = await settle(aliased.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES))
    assert answer.model == endpoint
    chunks = await collect(
        await settle(aliased.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES, stream=True))
    )
    assert chunks[0].model == endpoint


async def test_a_model_alias_holds_for_every_call_that_names_a_model(scripted: Any, script: ScriptedServer) -> None:
    client = scripted.with_options(model_aliases={"gpt-4o-mini": "ep_one", "recommended": "ep_wrong"})
    body = {"model": "gpt-4o-mini", "messages": MESSAGES}
    await settle(client.chat.completions.with_raw_response.create(**body))
    await settle(client.post("/chat/completions", cast_to=object, body=body))
    await settle(client.embeddings.create(model="gpt-4o-mini", input="text", encoding_format="float"))
    parse = getattr(client.chat.completions, "parse", None) or client.beta.chat.completions.parse
    await settle(parse(**body))
    assert [received.json["model"] for received in script.received] == ["ep_one"] * 4
    assert body["model"] == "gpt-4o-mini"


async def test_a_model_alias_leaves_the_control_plane_alone(scripted: Any, script: ScriptedServer) -> None:
    client = scripted.with_options(model_aliases={"recommended": "ep_wrong"})
    script.answer(Answer(200, b"", {"content-type": "text/event-stream"}))
    await settle(client.endpoints.deploy(task="invoice-extraction"))
    assert script.received[0].json["model"] == "recommended"


async def test_chat_is_one_object(client: Any) -> None:
    assert client.chat is client.chat
    assert client.chat.completions is client.chat.completions
    assert isinstance(client.chat, (openai.resources.Chat, openai.resources.AsyncChat))


async def test_a_streaming_response_can_be_read_by_hand(client: Any, endpoint: str) -> None:
    manager = client.chat.completions.with_streaming_response.create(model=endpoint, messages=MESSAGES)
    if isinstance(client, openai.OpenAI):
        with manager as response:
            parsed = response.parse()
    else:
        async with manager as response:
            parsed = await response.parse()
    assert isinstance(parsed, ChatCompletion)
