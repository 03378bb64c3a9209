from unittest.mock import patch


@patch("pareta_openai.OpenAI")
def test_one(fake): ...


@patch("app.llm.OpenAI")
def test_two(fake): ...
