from openai import AzureOpenAI, OpenAI

client = AzureOpenAI(azure_endpoint="https://contoso.openai.azure.com", api_version="1", api_key="abc")
other = OpenAI(api_key="0f1e2d3c4b5a69788796a5b4c3d2e1f0")
