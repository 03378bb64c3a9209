from pareta_openai import OpenAI

client = OpenAI(base_url="http://localhost:8484/v1")
