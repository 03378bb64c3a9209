import httpx
from openai import AsyncOpenAI


class Asker:
    def __init__(self, client: AsyncOpenAI):
        self.client = client

    async def ask(self):
        try:
            async with self.client.chat.completions.stream(model="ep_one", messages=[]) as stream:
                return await stream.get_final_completion()
        except httpx.RemoteProtocolError:
            return None
