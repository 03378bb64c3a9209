from unittest.mock import patch

import pareta_openai


def ask():
    return pareta_openai.OpenAI().models.list()


def test_ask():
    with patch("openai.OpenAI") as fake:
        ask()
    assert fake.called


@patch("openai.AsyncOpenAI")
def test_nothing(fake):
    assert not fake.called
