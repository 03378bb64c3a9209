from openai import OpenAI

BASE_URL = "https://api.groq.com/openai/v1"


def make():
    return OpenAI(api_key="key", base_url=BASE_URL)
