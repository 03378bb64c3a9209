from openai import AzureOpenAI, OpenAI


def make(azure: bool) -> OpenAI:
    return AzureOpenAI(api_version="1") if azure else OpenAI()
