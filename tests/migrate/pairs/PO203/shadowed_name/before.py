from openai import OpenAI as Real


def OpenAI(base_url: str) -> Real:
    return Real(max_retries=0)


client = OpenAI(base_url="https://api.openai.com/v1")
