from pydantic import Field
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    key: str = Field(validation_alias="PARETA_API_KEY")
