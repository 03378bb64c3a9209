from openai import OpenAI
from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings
class Settings ( BaseSettings ) :
    openai_api_key : str # from the vault
    openai_base_url : str = Field ( # for staging
        default = "https://api.pareta.ai/v1" , # hosted
    )
client = OpenAI( )
