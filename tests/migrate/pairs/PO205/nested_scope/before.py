def make():
    import openai

    return openai.AzureOpenAI(azure_endpoint="https://contoso.openai.azure.com", max_retries=3)
