from pareta_openai import OpenAI


def make(**kwargs):
    return OpenAI(**kwargs)
