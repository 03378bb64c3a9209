import os

from pareta_openai import OpenAI as Client

client = Client(base_url=os.environ.get("PARETA_BASE_URL"))
