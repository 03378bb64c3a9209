import openai
import pareta_openai

client = pareta_openai.OpenAI()
ollama = openai.OpenAI(base_url="http://localhost:11434/v1", api_key="ollama")


def test_key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
