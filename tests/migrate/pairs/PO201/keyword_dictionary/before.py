from openai import OpenAI

settings = {"base_url": "https://models.github.ai/inference", "api_key": "key"}
client = OpenAI(**settings)
