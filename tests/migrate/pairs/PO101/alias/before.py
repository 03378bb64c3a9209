from openai import AsyncOpenAI as Client


def make() -> Client:
    return Client(max_retries=5)
