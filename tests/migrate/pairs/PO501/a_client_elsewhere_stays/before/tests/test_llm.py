from unittest.mock import patch


@patch("openai.OpenAI")
def test_ask(fake):
    assert not fake.called
