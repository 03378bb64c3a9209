import os

from openai import OpenAI

KEY = os.environ["OPENAI_API_KEY"]
client = OpenAI(api_key=KEY)
proxy = OpenAI(api_key=KEY, base_url="http://localhost:4000")
