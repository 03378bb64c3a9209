from openai import AzureOpenAI, OpenAI

azure = AzureOpenAI(azure_endpoint="https://contoso.openai.azure.com", api_version="1")
client = OpenAI()
