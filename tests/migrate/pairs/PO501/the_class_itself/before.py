import openai
from unittest.mock import patch


def test_one(monkeypatch):
    monkeypatch.setattr(openai, "OpenAI", object)


@patch.object(openai, "AsyncOpenAI")
def test_two(fake):
    assert not fake.called


def test_three(monkeypatch):
    monkeypatch.setattr(openai.OpenAI, "__init__", lambda self: None)
