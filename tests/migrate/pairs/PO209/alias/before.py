import pydantic_settings as ps
from openai import OpenAI as Client


class Settings(ps.BaseSettings):
    OPENAI_API_KEY: str | None = None


client = Client(api_key=Settings().OPENAI_API_KEY)
