import os

from openai import AzureOpenAI

client = AzureOpenAI(
    azure_endpoint="https://contoso.openai.azure.com",
    api_version="2024-10-21",
    api_key=os.environ["AZURE_OPENAI_API_KEY"],
    timeout=20,
)
