from pareta_openai import OpenAI


def test_key(monkeypatch):
    monkeypatch . setenv(   # for the client
        'PARETA_API_KEY' , value = "pareta_sk_test" ,  # no real one
    )
    monkeypatch.setenv("OPENAI" "_API_KEY", "x")
    assert OpenAI().api_key
