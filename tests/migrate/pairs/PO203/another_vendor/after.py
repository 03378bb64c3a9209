from openai import OpenAI

client = OpenAI(base_url="https://api.x.ai/v1", timeout=20)
