import os

from pareta_openai import OpenAI

client = OpenAI(base_url="https://api.pareta.ai/v1", api_key=os.environ["PARETA_API_KEY"])
staging = OpenAI(base_url="https://api-staging.pareta.ai/v1", api_key=os.environ["PARETA_API_KEY"])
