from pareta_openai import OpenAI


def make(azure: bool) -> OpenAI:
    return OpenAI() if azure else OpenAI()
