from pareta_openai import OpenAI


def make(api_key: str | None = None, base_url: str | None = None) -> OpenAI:
    return OpenAI(api_key=api_key, base_url=base_url)
