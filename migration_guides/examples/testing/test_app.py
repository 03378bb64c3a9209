from unittest.mock import MagicMock, patch

import app


def test_the_total_is_what_the_model_says():
    with patch("app.OpenAI") as client:
        create = client.return_value.__enter__.return_value.chat.completions.create
        create.return_value.choices = [MagicMock()]
        create.return_value.choices[0].message.content = "54.00"
        assert app.total("Invoice 2041") == "54.00"


def test_a_blank_answer_is_blank():
    with patch("openai.resources.chat.completions.Completions.create") as create:
        create.return_value.choices[0].message.content = None
        assert app.total("Invoice 2041") == ""
