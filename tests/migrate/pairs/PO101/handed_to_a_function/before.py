from openai import AsyncOpenAI, OpenAI

from app.make import make


class DeepSeek:
    def client(self):
        return self._build(OpenAI)

    def _build(self, cls):
        return cls(api_key="key", base_url="https://api.deepseek.com")


elsewhere = make(AsyncOpenAI)
