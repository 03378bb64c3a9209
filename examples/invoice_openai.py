"""Read an invoice with a language model: once whole, once word by word, once for several invoices at a time."""

import asyncio

import openai
from openai import AsyncOpenAI, OpenAI

INVOICES = [
    "Invoice 2041, Hansen Tools, 12 drill bits at 4.50 EUR, due 1 March",
    "Invoice 2042, Bright Cleaning, monthly service, 310.00 EUR, due 15 March",
    "Invoice 2043, City Water, 48 m3, 96.72 EUR, due 31 March",
]


def question(invoice: str) -> list:
    return [
        {"role": "system", "content": "You read invoices. Answer with vendor, total and due date."},
        {"role": "user", "content": invoice},
    ]


def read_one(client: OpenAI) -> None:
    answer = client.chat.completions.create(
        model="gpt-4o-mini", messages=question(INVOICES[0]), temperature=0, max_tokens=60
    )
    print("whole:", answer.choices[0].message.content)


def read_aloud(client: OpenAI) -> None:
    print("streamed: ", end="")
    for chunk in client.chat.completions.create(model="gpt-4o-mini", messages=question(INVOICES[1]), stream=True):
        print(chunk.choices[0].delta.content or "", end="", flush=True)
    print()


async def read_all() -> None:
    async with AsyncOpenAI() as client:
        calls = (client.chat.completions.create(model="gpt-4o-mini", messages=question(text)) for text in INVOICES)
        for answer in await asyncio.gather(*calls):
            print("together:", answer.choices[0].message.content)


def main() -> None:
    client = OpenAI()
    try:
        read_one(client)
        read_aloud(client)
        asyncio.run(read_all())
    except openai.RateLimitError:
        print("The service is busy: try again in a minute.")


if __name__ == "__main__":
    main()
