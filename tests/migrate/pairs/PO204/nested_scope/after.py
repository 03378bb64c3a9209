from pareta_openai import AsyncOpenAI


def outer():
    def inner():
        return AsyncOpenAI(max_retries=1)

    return inner
