from unittest.mock import patch


@patch("myopenai.OpenAI")
def test_one(fake): ...


@patch("langchain_openai.ChatOpenAI")
def test_two(fake): ...


@patch("os.environ", {"A": "b"})
def test_three(): ...
