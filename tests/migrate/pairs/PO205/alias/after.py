from pareta_openai import AsyncOpenAI as Client

client = Client()
