from openai import AsyncAzureOpenAI as Client

client = Client(api_version="2024-10-21")
