from config import settings
from openai import AsyncOpenAI
from pareta_openai import OpenAI


def local() -> AsyncOpenAI:
    return AsyncOpenAI(base_url="http://localhost:11434/v1", api_key="ollama")


def connect() -> OpenAI:
    return OpenAI()


def ask(client: OpenAI, later: AsyncOpenAI) -> object:
    later.chat.completions.create(model="gpt-4o-mini", messages=[])
    return client.chat.completions.create(model=settings.model, messages=[])
