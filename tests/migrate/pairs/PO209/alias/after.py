import pydantic_settings as ps
from pareta_openai import OpenAI as Client
from pydantic import AliasChoices, Field


class Settings(ps.BaseSettings):
    OPENAI_API_KEY: str | None = Field(None, validation_alias=AliasChoices("PARETA_API_KEY", "OPENAI_API_KEY"))


client = Client(api_key=Settings().OPENAI_API_KEY)
