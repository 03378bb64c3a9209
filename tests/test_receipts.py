"""What a call cost, where the platform says so."""

from __future__ import annotations

from typing import Any

import pytest
from openai.types.chat import ChatCompletion as OpenAIChatCompletion
from pydantic import BaseModel

from pareta_openai import ChatCompletion
from pareta_openai.local import Organisation
from tests.support import COMPLETION, MESSAGES, Answer, ScriptedServer, collect, json_answer, settle

pytestmark = pytest.mark.anyio

HEADERS = {"x-pareta-billed": "480", "x-pareta-frontier-would-have-cost": "6240"}
RECEIPT = (480, 6240, 13.0)
NO_RECEIPT = (None, None, None)


def receipt_of(answer: Any) -> tuple[Any, ...]:
    return answer.billed_micro_usd, answer.frontier_would_have_cost_micro_usd, answer.savings_factor


async def test_a_completion_tells_what_was_booked(client: Any, organisation: Organisation, endpoint: str) -> None:
    completion = await settle(client.chat.completions.create(model=endpoint, messages=MESSAGES))
    assert isinstance(completion, ChatCompletion)
    assert completion.billed_micro_usd == organisation.spent_micro_usd > 0
    assert completion.savings_factor == (completion.frontier_would_have_cost_micro_usd / completion.billed_micro_usd)


async def test_a_finished_stream_tells_what_was_booked(client: Any, organisation: Organisation, endpoint: str) -> None:
    stream = await settle(client.chat.completions.create(model=endpoint, messages=MESSAGES, stream=True))
    await collect(stream)
    assert stream.billed_micro_usd == organisation.spent_micro_usd > 0
    assert stream.savings_factor > 1
    assert stream.frontier_would_have_cost_micro_usd > stream.billed_micro_usd


async def test_raw_responses_tell_it_too(scripted: Any, script: ScriptedServer) -> None:
    script.answer(json_answer(COMPLETION, **HEADERS))
    raw = await settle(scripted.chat.completions.with_raw_response.create(model="ep", messages=MESSAGES))
    assert receipt_of(raw) == receipt_of(raw.parse()) == RECEIPT
    manager = scripted.with_streaming_response.chat.completions.create(model="ep", messages=MESSAGES)
    if hasattr(manager, "__aenter__"):
        async with manager as response:
            assert receipt_of(response) == receipt_of(await response.parse()) == RECEIPT
    else:
        with manager as response:
            assert receipt_of(response) == receipt_of(response.parse()) == RECEIPT


async def test_a_parsed_completion_tells_it_too(scripted: Any, script: ScriptedServer) -> None:
    class Invoice(BaseModel):
        total: float

    message = {"role": "assistant", "content": '{"total": 54.0}'}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    script.answer(json_answer({**COMPLETION, "choices": [choice]}, **HEADERS))
    completions = (
        scripted.chat.completions if hasattr(scripted.chat.completions, "parse") else (scripted.beta.chat.completions)
    )
    parsed = await settle(completions.parse(model="ep", messages=MESSAGES, response_format=Invoice))
    assert parsed.choices[0].message.parsed == Invoice(total=54.0)
    assert receipt_of(parsed) == RECEIPT


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, NO_RECEIPT),
        ({"x-pareta-billed": "480"}, (480, None, None)),
        ({"x-pareta-frontier-would-have-cost": "480"}, (None, 480, None)),
        ({"x-pareta-billed": "0", "x-pareta-frontier-would-have-cost": "480"}, (0, 480, None)),
        ({"x-pareta-billed": "much", "x-pareta-frontier-would-have-cost": "-1"}, NO_RECEIPT),
    ],
)
async def test_what_the_platform_does_not_say_is_none(
    scripted: Any, script: ScriptedServer, headers: dict[str, str], expected: tuple[Any, ...]
) -> None:
    script.answer(json_answer(COMPLETION, **headers))
    completion = await settle(scripted.chat.completions.create(model="ep", messages=MESSAGES))
    assert receipt_of(completion) == expected
    script.answer(Answer(200, b"data: [DONE]\n\n", {"content-type": "text/event-stream", **headers}))
    stream = await settle(scripted.chat.completions.create(model="ep", messages=MESSAGES, stream=True))
    assert receipt_of(stream) == expected
    await collect(stream)


async def test_a_receipt_is_no_part_of_the_completion(scripted: Any, script: ScriptedServer) -> None:
    script.answer(json_answer(COMPLETION, **HEADERS))
    completion = await settle(scripted.chat.completions.create(model="ep", messages=MESSAGES))
    assert isinstance(completion, OpenAIChatCompletion)
    assert completion.to_dict() == COMPLETION
    assert completion.model_dump() == OpenAIChatCompletion.construct(**COMPLETION).model_dump()
    assert completion == ChatCompletion.construct(**COMPLETION)
    assert "billed" not in repr(completion)
    assert completion._request_id is None
