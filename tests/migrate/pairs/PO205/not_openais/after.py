from langchain_openai import AzureOpenAI

client = AzureOpenAI(api_version="1")
