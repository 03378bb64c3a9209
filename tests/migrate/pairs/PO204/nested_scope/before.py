from openai import AsyncOpenAI


def outer():
    def inner():
        return AsyncOpenAI(webhook_secret="whsec", max_retries=1)

    return inner
