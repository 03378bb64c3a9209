from pareta_openai import OpenAI
from pydantic import Field
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    openai_api_key: str = Field(validation_alias="PARETA_API_KEY")


client = OpenAI(api_key=Settings().openai_api_key)
