import os

from pareta_openai import OpenAI

client = OpenAI(api_key=os.environ["PARETA_API_KEY"])
