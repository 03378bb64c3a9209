from pydantic import Field
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    key: str = Field(validation_alias="OPENAI_API_KEY")
