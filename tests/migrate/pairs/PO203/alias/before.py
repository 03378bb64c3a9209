import os

from openai import OpenAI as Client

client = Client(base_url=os.environ.get("OPENAI_BASE_URL"))
