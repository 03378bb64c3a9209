from openai import AzureOpenAI
from pareta_openai import OpenAI

azure = AzureOpenAI(azure_endpoint="https://contoso.openai.azure.com", api_version="1")
client = OpenAI()
