import os

from pareta_openai import AsyncOpenAI as Client

MODEL = os.getenv("MODEL", 'ep_contract_kie')
LARGE = "ep_large"
llm = Client()


async def ask(large: bool):
    return await llm.chat.completions.create(model=LARGE if large else MODEL, messages=[])
