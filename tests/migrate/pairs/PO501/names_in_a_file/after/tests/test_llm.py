from unittest.mock import patch


@patch("app.llm.OpenAI")
@patch("app.later.AsyncOpenAI")
@patch("app.llm.client")
def test_ask(client, later, fake):
    assert client and later and fake
