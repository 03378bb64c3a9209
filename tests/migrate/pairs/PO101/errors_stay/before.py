from openai import APIError, OpenAI, RateLimitError

client = OpenAI()


def models():
    try:
        return client.models.list()
    except RateLimitError:
        return None
    except APIError:
        raise
