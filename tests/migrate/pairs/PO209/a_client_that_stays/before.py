from openai import OpenAI
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    openai_api_key: str


client = OpenAI(api_key=Settings().openai_api_key)
proxy = OpenAI(api_key=Settings().openai_api_key, base_url="http://localhost:4000")
