from pareta_openai import OpenAI as AzureOpenAI

__all__ = ["AzureOpenAI", "client"]

client: "AzureOpenAI" = AzureOpenAI()
