import os

from openai import OpenAI

if not os.environ.get("OPENAI_API_KEY"):
    raise SystemExit("Set OPENAI_API_KEY first.")

client = OpenAI()
