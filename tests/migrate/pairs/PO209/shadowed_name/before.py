from openai import OpenAI


class BaseSettings:
    pass


class Settings(BaseSettings):
    openai_api_key: str = "test"


client = OpenAI()
