from openai import AsyncOpenAI


def is_async(client: object) -> bool:
    return isinstance(client, AsyncOpenAI)
