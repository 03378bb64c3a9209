"""One question, one answer."""

from openai import OpenAI

client = OpenAI()

completion = client.chat.completions.create(
    model="gpt-4o-mini",  # cheap, and good enough
    messages=[
        {"role": "system", "content": "You read invoices."},
        {"role": "user", "content": "Invoice 2041, Hansen Tools, 54.00 EUR: what is the total?"},
    ],
    temperature=0,
)
print(completion.choices[0].message.content)
print(completion.usage.total_tokens, "tokens,", completion.choices[0].finish_reason)
client.close()
