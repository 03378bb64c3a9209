import openai
import pytest

client = openai.OpenAI()


def ask() -> None:
    try:
        client.models.list()
    except openai.RateLimitError:
        pytest.skip("busy")
