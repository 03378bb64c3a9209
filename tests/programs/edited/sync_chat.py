"""Asks once and prints the answer."""

from pareta_openai import OpenAI

client = OpenAI()

completion = client.chat.completions.create(
    model="ep_invoice_kie",
    messages=[
        {"role": "system", "content": "You read invoices."},
        {"role": "user", "content": "Invoice 2041, Hansen Tools, 54.00 EUR: what is the total?"},
    ],
    temperature=0,
)
print(completion.choices[0].message.content)
print(completion.model, completion.usage.total_tokens)
