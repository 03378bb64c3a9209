"""A tool that the model calls."""

import json

import openai
from openai.types.chat import ChatCompletionMessageParam

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "book",
            "description": "Books an invoice.",
            "parameters": {
                "type": "object",
                "properties": {"vendor": {"type": "string"}, "cents": {"type": "integer"}},
                "required": ["vendor", "cents"],
            },
        },
    }
]

client = openai.OpenAI()
messages: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Book: City Water, 96.72 EUR"}]
first = client.chat.completions.create(model="gpt-4o-mini", messages=messages, tools=TOOLS)
call = first.choices[0].message.tool_calls[0]
print(call.function.name, sorted(json.loads(call.function.arguments)))
messages += [
    {"role": "assistant", "tool_calls": [{"id": call.id, "type": "function", "function": dict(call.function)}]},
    {"role": "tool", "tool_call_id": call.id, "content": "booked as 17"},
]
print(client.chat.completions.create(model="gpt-4o-mini", messages=messages).choices[0].message.content)
client.close()
