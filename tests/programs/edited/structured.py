"""Reads an invoice into a pydantic model."""

from pydantic import BaseModel

from pareta_openai import OpenAI


class Invoice(BaseModel):
    number: str
    total: float
    paid: bool


client = OpenAI()
completions = client.chat.completions if hasattr(client.chat.completions, "parse") else client.beta.chat.completions
completion = completions.parse(
    model="ep_invoice_kie",
    messages=[{"role": "user", "content": "Invoice 2041, Hansen Tools, 54.00 EUR"}],
    response_format=Invoice,
)
invoice = completion.choices[0].message.parsed
print(type(invoice).__name__, invoice)
