import httpx
import openai
from pareta_openai import OpenAI

client = OpenAI()

try:
    httpx.get("https://shop.example/credit").raise_for_status()
except httpx.HTTPStatusError as e:
    if e.response.status_code == 402:
        print("the shop wants money")

response = httpx.get("https://shop.example/orders")
if response.status_code == 503:
    print("the shop is closed")
