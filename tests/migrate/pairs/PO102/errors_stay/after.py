import openai
import pareta_openai
import pytest

client = pareta_openai.OpenAI()


def ask() -> None:
    try:
        client.models.list()
    except openai.RateLimitError:
        pytest.skip("busy")
