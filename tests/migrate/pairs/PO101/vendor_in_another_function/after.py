def hosted():
    from pareta_openai import OpenAI

    return OpenAI()


def local():
    from openai import OpenAI

    return OpenAI(base_url="https://openrouter.ai/api/v1", api_key="key")
