import openai


def wrap(client: openai.OpenAI | openai.AsyncOpenAI) -> bool:
    return isinstance(client, openai.AsyncOpenAI)
