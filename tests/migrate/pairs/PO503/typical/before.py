from pareta_openai import OpenAI


def test_key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    assert OpenAI().api_key
