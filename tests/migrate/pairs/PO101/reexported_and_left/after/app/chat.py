import os

from app.llm import OpenAI

client = OpenAI(api_key=os.environ["OPENAI_API_KEY"])
