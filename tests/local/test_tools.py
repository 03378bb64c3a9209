"""Tool calls, through openai's own helpers."""

from __future__ import annotations

from typing import Any

import openai
import pytest
from pydantic import BaseModel, Field

from tests.support import collect, settle

pytestmark = pytest.mark.anyio


class Weather(BaseModel):
    """Weather in a city."""

    city: str
    days: int = Field(ge=1, le=14)


async def test_a_loop_of_tool_calls_comes_to_an_end(client: Any, endpoint: str) -> None:
    messages: list[Any] = [{"role": "user", "content": "Weather in Oslo?"}]
    tools = [openai.pydantic_function_tool(Weather)]
    for _ in range(2):
        answer = await settle(client.chat.completions.create(model=endpoint, messages=messages, tools=tools))
        [choice] = answer.choices
        if choice.finish_reason != "tool_calls":
            break
        messages.append(choice.message)
        for call in choice.message.tool_calls:
            assert Weather.model_validate_json(call.function.arguments)
            messages.append({"role": "tool", "tool_call_id": call.id, "content": "rain"})
    assert choice.finish_reason == "stop"
    assert "rain" in choice.message.content


async def test_arguments_are_parsed_into_the_tools_model(client: Any, endpoint: str) -> None:
    parse = getattr(client.chat.completions, "parse", None) or client.beta.chat.completions.parse
    tools = [openai.pydantic_function_tool(Weather)]
    messages = [{"role": "user", "content": "Weather in Oslo?"}]
    answer = await settle(parse(model=endpoint, messages=messages, tools=tools))
    assert isinstance(answer.choices[0].message.tool_calls[0].function.parsed_arguments, Weather)


async def test_the_stream_helper_puts_a_call_together(client: Any, endpoint: str) -> None:
    stream = getattr(client.chat.completions, "stream", None) or client.beta.chat.completions.stream
    tools = [openai.pydantic_function_tool(Weather)]
    manager = stream(model=endpoint, messages=[{"role": "user", "content": "Weather in Oslo?"}], tools=tools)
    if isinstance(client, openai.OpenAI):
        with manager as events:
            kinds = {event.type for event in await collect(events)}
            answer = events.get_final_completion()
    else:
        async with manager as events:
            kinds = {event.type for event in await collect(events)}
            answer = await events.get_final_completion()
    [call] = answer.choices[0].message.tool_calls
    assert call.function.name == "Weather"
    assert isinstance(call.function.parsed_arguments, Weather)
    assert "tool_calls.function.arguments.delta" in kinds


async def test_logprobs_arrive_in_openais_objects(client: Any, endpoint: str) -> None:
    arguments: dict[str, Any] = {
        "model": endpoint,
        "messages": [{"role": "user", "content": "Oslo"}],
        "logprobs": True,
        "top_logprobs": 3,
    }
    plain = await settle(client.chat.completions.create(**arguments))
    chunks = await collect(await settle(client.chat.completions.create(**arguments, stream=True)))
    streamed = [token for chunk in chunks if chunk.choices[0].logprobs for token in chunk.choices[0].logprobs.content]
    assert streamed == plain.choices[0].logprobs.content
    assert {len(token.top_logprobs) for token in streamed} == {3}
