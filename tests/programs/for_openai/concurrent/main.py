"""Many questions at a time, a few of them in flight."""

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openai import AsyncOpenAI

INVOICES = [f"Invoice {number}, {number}.50 EUR" for number in range(6)]


async def read(client: "AsyncOpenAI", slots: asyncio.Semaphore, invoice: str) -> str:
    async with slots:
        answer = await client.chat.completions.create(
            model="gpt-4o-mini", messages=[{"role": "user", "content": invoice}], max_tokens=40
        )
    return answer.choices[0].message.content or ""


async def main() -> None:
    from openai import AsyncOpenAI

    slots = asyncio.Semaphore(2)
    async with AsyncOpenAI() as client:
        for text in await asyncio.gather(*(read(client, slots, invoice) for invoice in INVOICES)):
            print(text)


asyncio.run(main())
