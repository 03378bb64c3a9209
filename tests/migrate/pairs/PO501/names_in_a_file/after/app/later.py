from pareta_openai import AsyncOpenAI

later = AsyncOpenAI()
