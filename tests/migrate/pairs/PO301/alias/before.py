import os

from openai import AsyncOpenAI as Client

MODEL = os.getenv("MODEL", 'gpt-4o-mini')
LARGE = "gpt-4o"
llm = Client()


async def ask(large: bool):
    return await llm.chat.completions.create(model=LARGE if large else MODEL, messages=[])
