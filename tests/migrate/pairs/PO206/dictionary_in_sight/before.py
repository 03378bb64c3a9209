from openai import OpenAI

settings = {"timeout": 20, "organization": "org-123", "api_key": "sk-test"}
client = OpenAI(**settings)
