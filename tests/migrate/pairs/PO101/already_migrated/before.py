from pareta_openai import AsyncOpenAI, OpenAI

pair = OpenAI(), AsyncOpenAI()
