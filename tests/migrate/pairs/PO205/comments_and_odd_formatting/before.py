from openai import (
    AzureOpenAI, # ours since 2023
    RateLimitError,
)

client = AzureOpenAI(
    api_version = "2024-10-21",  # newest
    azure_endpoint='https://contoso.openai.azure.com'
)
