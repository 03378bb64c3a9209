import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["OPENROUTER_API_KEY"], base_url=os.environ["LLM_BASE_URL"])
