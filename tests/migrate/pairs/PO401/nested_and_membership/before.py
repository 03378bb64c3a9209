from openai import APIStatusError
from pareta_openai import AsyncOpenAI


class Asker:
    def __init__(self):
        self.client = AsyncOpenAI()

    async def ask(self, messages):
        async def once():
            try:
                return await self.client.chat.completions.create(model="ep_one", messages=messages)
            except APIStatusError as error:
                if error.status_code in (429, 503):
                    return None
                if error.status_code not in {400, 422}:
                    raise
                if 402 != error.status_code:
                    return "malformed"
                raise

        return await once()
