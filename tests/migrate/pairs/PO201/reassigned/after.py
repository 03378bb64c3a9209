from pareta_openai import OpenAI

url = "http://localhost:8000/v1"
print(url)
url = "https://api.pareta.ai/v1"
client = OpenAI(base_url=url)
