from pareta_openai import AsyncOpenAI as AsyncClient, OpenAI as Client

sync, later = Client(), AsyncClient()
