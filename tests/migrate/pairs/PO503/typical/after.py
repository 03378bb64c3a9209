from pareta_openai import OpenAI


def test_key(monkeypatch):
    monkeypatch.setenv("PARETA_API_KEY", "pareta_sk_test")
    assert OpenAI().api_key
