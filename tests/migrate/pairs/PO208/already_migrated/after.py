import os

from pareta_openai import OpenAI

if "PARETA_API_KEY" in os.environ:
    client = OpenAI()
