from openai import APIStatusError
from pareta_openai import AsyncOpenAI, BadRequestError, EndpointNotReadyError, InsufficientCreditsError, RateLimitError


class Asker:
    def __init__(self):
        self.client = AsyncOpenAI()

    async def ask(self, messages):
        async def once():
            try:
                return await self.client.chat.completions.create(model="ep_one", messages=messages)
            except APIStatusError as error:
                if isinstance(error, (RateLimitError, EndpointNotReadyError)):
                    return None
                if not isinstance(error, BadRequestError):
                    raise
                if not isinstance(error, InsufficientCreditsError):
                    return "malformed"
                raise

        return await once()
