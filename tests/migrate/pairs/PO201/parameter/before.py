from openai import OpenAI


def make(url: str) -> OpenAI:
    return OpenAI(base_url=url)
