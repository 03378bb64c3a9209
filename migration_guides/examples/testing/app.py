"""Read the total of an invoice."""

from openai import OpenAI


def total(invoice: str) -> str:
    with OpenAI() as client:
        answer = client.chat.completions.create(
            model="gpt-4o-mini", messages=[{"role": "user", "content": f"The total of: {invoice}"}]
        )
    return answer.choices[0].message.content or ""
