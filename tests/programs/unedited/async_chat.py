"""Asks several questions side by side."""

import asyncio

from openai import AsyncOpenAI

QUESTIONS = ["Who are the parties?", "When does it end?", "Which law governs it?"]


async def main():
    async with AsyncOpenAI(max_retries=3) as client:

        async def ask(question):
            answer = await client.chat.completions.create(
                model="gpt-4o", messages=[{"role": "user", "content": question}]
            )
            return answer.choices[0].message.content

        for question, answer in zip(QUESTIONS, await asyncio.gather(*map(ask, QUESTIONS))):
            print(f"{question} {answer}")


asyncio.run(main())
