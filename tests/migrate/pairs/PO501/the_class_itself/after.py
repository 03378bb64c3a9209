import openai
import pareta_openai
from unittest.mock import patch


def test_one(monkeypatch):
    monkeypatch.setattr(pareta_openai, "OpenAI", object)


@patch.object(pareta_openai, "AsyncOpenAI")
def test_two(fake):
    assert not fake.called


def test_three(monkeypatch):
    monkeypatch.setattr(openai.OpenAI, "__init__", lambda self: None)
