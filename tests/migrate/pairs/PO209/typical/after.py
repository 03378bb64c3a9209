from pareta_openai import OpenAI
from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    openai_api_key: str = Field(validation_alias=AliasChoices("PARETA_API_KEY", "openai_api_key"))
    debug: bool = False


settings = Settings()
client = OpenAI(api_key=settings.openai_api_key)
