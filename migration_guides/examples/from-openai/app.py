"""Read the total of an invoice."""

import os

import openai
from openai import OpenAI

client = OpenAI(api_key=os.environ["OPENAI_API_KEY"], organization="org-billing")


def total(invoice: str) -> str:
    try:
        answer = client.chat.completions.create(
            model="gpt-4o-mini",
            messages=[{"role": "user", "content": f"The total of: {invoice}"}],
        )
    except openai.RateLimitError:
        return "busy"
    return answer.choices[0].message.content or ""


if __name__ == "__main__":
    print(total("Invoice 2041, Hansen Tools, 54.00 EUR"))
