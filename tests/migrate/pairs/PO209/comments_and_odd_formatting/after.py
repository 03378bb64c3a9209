from pareta_openai import OpenAI
from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings
class Settings ( BaseSettings ) :
    openai_api_key : str = Field(validation_alias=AliasChoices("PARETA_API_KEY", "openai_api_key")) # from the vault
    openai_base_url : str = Field ( # for staging
        default = "https://api.pareta.ai/v1", validation_alias=AliasChoices("PARETA_BASE_URL", "openai_base_url") , # hosted
    )
client = OpenAI( )
