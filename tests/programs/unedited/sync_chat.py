"""Asks once and prints the answer."""

import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["OPENAI_API_KEY"])

completion = client.chat.completions.create(
    model="gpt-4o-mini",
    messages=[
        {"role": "system", "content": "You read invoices."},
        {"role": "user", "content": "Invoice 2041, Hansen Tools, 54.00 EUR: what is the total?"},
    ],
    temperature=0,
)
print(completion.choices[0].message.content)
print(completion.model, completion.usage.total_tokens)
