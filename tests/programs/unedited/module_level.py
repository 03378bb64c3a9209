"""Calls of the module itself, as in many notebooks and scripts."""

import os

import openai

openai.api_key = os.environ["OPENAI_API_KEY"]
openai.max_retries = 4

for question in ("Who signed it?", "On which day?"):
    answer = openai.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": question}])
    print(answer.choices[0].message.content)
print([model.id for model in openai.models.list()])
