import os

from openai import OpenAI

API_BASE = os.getenv("OPENAI_API_BASE", "https://api.openai.com/v1")

client = OpenAI(base_url=API_BASE)
print(API_BASE)
