from openai import AzureOpenAI

client = AzureOpenAI(azure_deployment="contracts", api_version="1")
answer = client.chat.completions.create(model="gpt-4o", messages=[])
