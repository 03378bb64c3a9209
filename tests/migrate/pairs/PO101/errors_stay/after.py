from openai import APIError, RateLimitError
from pareta_openai import OpenAI

client = OpenAI()


def models():
    try:
        return client.models.list()
    except RateLimitError:
        return None
    except APIError:
        raise
