import httpx
import openai

try:
    openai.OpenAI(timeout=openai.Timeout(5)).models.list()
except httpx.ReadTimeout:
    print("later")
