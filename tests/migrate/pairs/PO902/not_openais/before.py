import httpx
import openai

client = openai.OpenAI()
names = client.models.list()

try:
    httpx.get("https://shop.example")
except httpx.ReadTimeout:
    print("later")
