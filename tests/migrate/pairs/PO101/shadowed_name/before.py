from openai import OpenAIError


class OpenAI:
    """A stand-in of our own."""


def make() -> OpenAI:
    try:
        return OpenAI()
    except OpenAIError:
        raise
