import openai
import pareta_openai

from app.settings import Settings, settings


def build(settings: Settings):
    return pareta_openai.OpenAI(api_key=settings.api_key, max_retries=3)


local = openai.OpenAI(base_url=settings.ollama_url, api_key="ollama")
