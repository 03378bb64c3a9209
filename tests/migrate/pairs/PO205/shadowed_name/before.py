class AzureOpenAI:
    def __init__(self, api_version: str) -> None:
        self.openai = api_version


client = AzureOpenAI(api_version="1")
