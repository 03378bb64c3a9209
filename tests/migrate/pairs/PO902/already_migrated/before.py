import httpx2
import openai

try:
    openai.OpenAI().models.list()
except (openai.APIConnectionError, httpx2.ReadTimeout):
    print("later")
