from pareta_openai import OpenAI

url = "http://localhost:8000/v1"


def make():
    url = "https://api.pareta.ai/v1"
    return OpenAI(base_url=url)
