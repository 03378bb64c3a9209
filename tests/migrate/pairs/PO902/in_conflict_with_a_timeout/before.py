import httpx
import openai

try:
    openai.OpenAI(timeout=httpx.Timeout(5)).models.list()
except httpx.ReadTimeout:
    print("later")
