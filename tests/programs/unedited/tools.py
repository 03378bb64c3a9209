"""Lets the model call a function, and gives it what the function returns."""

import json

from openai import OpenAI

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "total_of",
            "description": "The total of an invoice",
            "parameters": {"type": "object", "properties": {"number": {"type": "string"}}, "required": ["number"]},
        },
    }
]


def total_of(number):
    return {"number": number, "total": "54.00"}


client = OpenAI()
messages = [{"role": "user", "content": "What is the total of invoice 2041?"}]
first = client.chat.completions.create(model="gpt-4o", messages=messages, tools=TOOLS, tool_choice="required")
message = first.choices[0].message
messages.append(message)
for call in message.tool_calls:
    result = total_of(**json.loads(call.function.arguments))
    print(call.function.name, result)
    messages.append({"role": "tool", "tool_call_id": call.id, "content": json.dumps(result)})
second = client.chat.completions.create(model="gpt-4o", messages=messages)
print(second.choices[0].message.content)
