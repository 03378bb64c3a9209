"""The module itself as the client, as in old scripts."""

import os

import openai

openai.api_key = os.environ["OPENAI_API_KEY"]

answer = openai.chat.completions.create(
    model="gpt-4o-mini",
    messages=[{"role": "user", "content": "City Water, 96.72 EUR"}],
)
print(answer.choices[0].message.content)
