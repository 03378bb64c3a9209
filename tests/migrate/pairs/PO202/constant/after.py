import os

from pareta_openai import OpenAI

API_KEY = os.getenv("PARETA_API_KEY")
if not API_KEY:
    raise SystemExit("PARETA_API_KEY is not set")

client = OpenAI(api_key=API_KEY)
