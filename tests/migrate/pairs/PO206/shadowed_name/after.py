from openai import OpenAI

settings = {"base_url": "http://localhost:8000"}


def make(settings):
    return OpenAI(**settings)
