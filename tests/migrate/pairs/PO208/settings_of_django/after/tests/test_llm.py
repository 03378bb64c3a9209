def test_llm(monkeypatch):
    monkeypatch.setenv("PARETA_API_KEY", "test")
