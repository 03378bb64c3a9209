from openai import AsyncOpenAI

later = AsyncOpenAI()
