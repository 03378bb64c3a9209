from openai import OpenAI
from pydantic import Field
from pydantic_settings import BaseSettings


def connect():
    class Settings(BaseSettings):
        openai_api_key: str = Field("", description="The key.")

    return OpenAI(api_key=Settings().openai_api_key)
