from openai import OpenAI


def test_key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "test")
    assert OpenAI().api_key
