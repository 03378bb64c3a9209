from openai import AzureOpenAI

__all__ = ["AzureOpenAI", "client"]

client: "AzureOpenAI" = AzureOpenAI(api_version="1")
