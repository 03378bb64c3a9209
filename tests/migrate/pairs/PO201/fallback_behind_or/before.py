import os

from openai import AsyncOpenAI


def make(url: str | None = None):
    url = url or os.environ.get("OLLAMA_BASE_URL") or "http://localhost:11434/v1/"
    return AsyncOpenAI(base_url=url, api_key="ollama")
