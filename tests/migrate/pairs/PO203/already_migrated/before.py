import os

from pareta_openai import OpenAI

client = OpenAI(base_url=os.environ.get("PARETA_BASE_URL"))
