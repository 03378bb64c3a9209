from pareta_openai import OpenAI
from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings


def connect():
    class Settings(BaseSettings):
        openai_api_key: str = Field("", description="The key.", validation_alias=AliasChoices("PARETA_API_KEY", "openai_api_key"))

    return OpenAI(api_key=Settings().openai_api_key)
