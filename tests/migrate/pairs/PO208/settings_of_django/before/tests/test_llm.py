def test_llm(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "test")
