import os

from pareta_openai import OpenAI

API_BASE = os.getenv("PARETA_BASE_URL", "https://api.pareta.ai/v1")

client = OpenAI(base_url=API_BASE)
print(API_BASE)
