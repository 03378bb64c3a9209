from pareta_openai import AsyncOpenAI, OpenAI

client = OpenAI(timeout=30)
later = AsyncOpenAI()
