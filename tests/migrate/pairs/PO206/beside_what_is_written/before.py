from openai import OpenAI


def make(**kwargs):
    return OpenAI(base_url="https://api.openai.com/v1", **kwargs)
