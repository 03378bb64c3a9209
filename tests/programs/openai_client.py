"""With plain openai, 2 and 3: all that the platform has of OpenAI's API; sync and async."""

from __future__ import annotations

import asyncio
import base64
import json
import os

import openai
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel

MESSAGES = [{"role": "user", "content": "Invoice 2041, Hansen Tools, 54.00 EUR"}]
MODEL = "ep_invoice_kie"
TOOL = {
    "type": "function",
    "function": {
        "name": "book_invoice",
        "parameters": {"type": "object", "properties": {"total": {"type": "number"}}, "required": ["total"]},
    },
}


class Invoice(BaseModel):
    vendor: str
    total: float
    paid: bool


def chat(client: OpenAI) -> None:
    create = client.chat.completions.create
    completion = create(model=MODEL, messages=MESSAGES, temperature=0, extra_body={"top_k": 5})
    assert completion.choices[0].finish_reason == "stop"
    assert completion._request_id
    text = completion.choices[0].message.content
    assert text
    assert create(model="invoice-kie-1", messages=MESSAGES).choices[0].message.content == text
    assert create(model=MODEL, messages=MESSAGES, max_tokens=2).choices[0].finish_reason == "length"
    assert "You" not in create(model=MODEL, messages=MESSAGES, stop=["You"]).choices[0].message.content
    assert len(create(model=MODEL, messages=MESSAGES, n=3).choices) == 3
    told = create(model=MODEL, messages=MESSAGES, logprobs=True, top_logprobs=2).choices[0].logprobs
    assert told.content[0].top_logprobs[0].token == told.content[0].token
    called = create(model=MODEL, messages=MESSAGES, tools=[TOOL], tool_choice="required").choices[0]
    assert called.finish_reason in ("tool_calls", "stop")
    assert called.message.tool_calls[0].function.name == "book_invoice"
    assert "total" in json.loads(called.message.tool_calls[0].function.arguments)
    form = {"type": "json_object"}
    assert json.loads(create(model=MODEL, messages=MESSAGES, response_format=form).choices[0].message.content)
    parsed = client.chat.completions.parse(model=MODEL, messages=MESSAGES, response_format=Invoice)
    assert isinstance(parsed.choices[0].message.parsed, Invoice)


def streams(client: OpenAI) -> None:
    create = client.chat.completions.create
    whole = create(model=MODEL, messages=MESSAGES)
    chunks = list(create(model=MODEL, messages=MESSAGES, stream=True, stream_options={"include_usage": True}))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content
    assert chunks[-1].choices == []
    assert chunks[-1].usage == whole.usage
    with client.chat.completions.stream(model=MODEL, messages=MESSAGES, response_format=Invoice) as stream:
        kinds = {event.type for event in stream}
        final = stream.get_final_completion()
    assert {"content.delta", "content.done", "chunk"} <= kinds
    assert isinstance(final.choices[0].message.parsed, Invoice)
    calls = list(create(model=MODEL, messages=MESSAGES, tools=[TOOL], tool_choice="required", stream=True))
    spelt = [call for chunk in calls for choice in chunk.choices for call in choice.delta.tool_calls or ()]
    assert "total" in json.loads("".join(call.function.arguments or "" for call in spelt if call.function))


def responses(client: OpenAI) -> None:
    raw = client.chat.completions.with_raw_response.create(model=MODEL, messages=MESSAGES)
    assert int(raw.headers["X-Pareta-Billed"]) > 0
    assert raw.parse().choices[0].message.content
    streaming = client.chat.completions.with_streaming_response.create(model=MODEL, messages=MESSAGES)
    with streaming as response:
        assert response.status_code == 200
        assert response.parse().choices[0].message.content
    assert MODEL in {model.id for model in client.models.list()}


def the_rest(client: OpenAI) -> None:
    embeddings = client.embeddings.create(model="text-embedding-3-small", input=["one", "two"], dimensions=256)
    assert [len(item.embedding) for item in embeddings.data] == [256, 256]
    as_floats = client.embeddings.create(model="text-embedding-3-small", input="one", encoding_format="float")
    assert len(as_floats.data[0].embedding) == 1024
    drawn = base64.b64decode(client.images.generate(prompt="a fox", size="1024x1024", n=2).data[1].b64_json)
    edited = client.images.edit(image=("fox.png", drawn, "image/png"), prompt="with a red scarf")
    assert base64.b64decode(edited.data[0].b64_json)[:4] == b"\x89PNG"


def refusals(client: OpenAI) -> None:
    def refused(status: int, who: OpenAI, **arguments: object) -> None:
        try:
            who.chat.completions.create(**{"model": MODEL, "messages": MESSAGES, **arguments})
        except openai.APIStatusError as error:
            assert error.status_code == status
            assert error.request_id
        else:
            raise AssertionError(f"no {status}")

    refused(404, client, model="absent")
    refused(422, client, messages=[])
    refused(401, client.with_options(api_key="pareta_sk_of_nobody"))
    refused(402, client.with_options(api_key=os.environ["EMPTY_API_KEY"]), model="auto")


async def at_the_same_time() -> None:
    async with AsyncOpenAI(max_retries=0) as client:
        create = client.chat.completions.create
        answers = await asyncio.gather(*(create(model=MODEL, messages=MESSAGES) for _ in range(5)))
        assert len({answer.id for answer in answers}) == 5
        chunks = [chunk async for chunk in await create(model=MODEL, messages=MESSAGES, stream=True)]
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
        assert text == answers[0].choices[0].message.content
        parsed = await client.chat.completions.parse(model=MODEL, messages=MESSAGES, response_format=Invoice)
        assert isinstance(parsed.choices[0].message.parsed, Invoice)
        assert MODEL in {model.id async for model in client.models.list()}
        embeddings = await client.embeddings.create(model="text-embedding-3-small", input="one")
        assert len(embeddings.data[0].embedding) == 1024


def main() -> None:
    with OpenAI() as patient:
        patient.models.list()
    with OpenAI(max_retries=0) as client:
        chat(client)
        streams(client)
        responses(client)
        the_rest(client)
        refusals(client)
    asyncio.run(at_the_same_time())
    print("done with openai", openai.__version__)


if __name__ == "__main__":
    main()
