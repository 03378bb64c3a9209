"""An answer as a pydantic model."""

from openai import OpenAI
from pydantic import BaseModel


class Invoice(BaseModel):
    vendor: str
    total: float
    paid: bool


with OpenAI() as client:
    completion = client.beta.chat.completions.parse(
        model="gpt-4o-mini",
        messages=[{"role": "user", "content": "Bright Cleaning, 310.00 EUR"}],
        response_format=Invoice,
    )
invoice = completion.choices[0].message.parsed
print(type(invoice).__name__, sorted(invoice.model_dump()))
