from unittest.mock import patch

import openai


def ask():
    return openai.OpenAI(base_url="http://localhost:11434/v1", api_key="ollama").models.list()


@patch("openai.OpenAI")
def test_ask(fake):
    ask()
