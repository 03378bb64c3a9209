from openai import OpenAI
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    openai_api_key: str
    debug: bool = False


settings = Settings()
client = OpenAI(api_key=settings.openai_api_key)
