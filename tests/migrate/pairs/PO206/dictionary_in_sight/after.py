from pareta_openai import OpenAI

settings = {"timeout": 20, "api_key": "pareta_sk_test"}
client = OpenAI(**settings)
