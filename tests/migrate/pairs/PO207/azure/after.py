import openai

openai.api_type = "azure"
openai.azure_endpoint = "https://contoso.openai.azure.com"
models = openai.models.list()
