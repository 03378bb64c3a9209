from azure.identity import DefaultAzureCredential, get_bearer_token_provider
from pareta_openai import OpenAI

provider = get_bearer_token_provider(DefaultAzureCredential(), "https://cognitiveservices.azure.com/.default")
client = OpenAI()
