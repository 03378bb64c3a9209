from functools import lru_cache

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    openai_api_key: str = Field("", validation_alias=AliasChoices("PARETA_API_KEY", "openai_api_key"))


@lru_cache
def get_settings() -> Settings:
    return Settings()
