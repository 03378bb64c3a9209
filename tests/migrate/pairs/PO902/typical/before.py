import httpx
import openai

client = openai.OpenAI()

try:
    client.models.list()
except httpx.ReadTimeout:
    print("later")
