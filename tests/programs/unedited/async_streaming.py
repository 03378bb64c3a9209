"""An async generator over the pieces of an answer, as a web socket would send them."""

import asyncio

import openai


class Assistant:
    def __init__(self):
        self.client = openai.AsyncOpenAI(timeout=30)

    async def pieces(self, text):
        async with await self.client.chat.completions.create(
            model="gpt-4o", messages=[{"role": "user", "content": text}], stream=True
        ) as stream:
            async for chunk in stream:
                if chunk.choices and chunk.choices[0].delta.content:
                    yield chunk.choices[0].delta.content


async def main():
    assistant = Assistant()
    print("|".join([piece async for piece in assistant.pieces("Name the parties.")]))
    await assistant.client.close()


asyncio.run(main())
