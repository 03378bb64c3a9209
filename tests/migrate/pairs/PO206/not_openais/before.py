from elsewhere.openai import OpenAI


def make(**kwargs):
    return OpenAI(**kwargs)
