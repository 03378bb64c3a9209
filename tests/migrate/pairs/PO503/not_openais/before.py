from pareta_openai import OpenAI


def test_key(monkeypatch):
    monkeypatch.setenv("MYOPENAI_API_KEY", "x")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "x")
    assert OpenAI().api_key
