import os

from pareta_openai import OpenAI

if not os.environ.get("PARETA_API_KEY"):
    raise SystemExit("Set PARETA_API_KEY first.")

client = OpenAI()
