"""Reads an invoice into a pydantic model."""

from openai import OpenAI
from pydantic import BaseModel


class Invoice(BaseModel):
    number: str
    total: float
    paid: bool


client = OpenAI()
completions = client.chat.completions if hasattr(client.chat.completions, "parse") else client.beta.chat.completions
completion = completions.parse(
    model="gpt-4o-mini",
    messages=[{"role": "user", "content": "Invoice 2041, Hansen Tools, 54.00 EUR"}],
    response_format=Invoice,
)
invoice = completion.choices[0].message.parsed
print(type(invoice).__name__, invoice)
