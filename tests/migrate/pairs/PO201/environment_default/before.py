import os

from openai import AsyncOpenAI

client = AsyncOpenAI(base_url=os.getenv("LLM_URL", "https://api.deepseek.com"), api_key=os.environ["LLM_KEY"])
