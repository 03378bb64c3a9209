import httpx
import openai

client = openai.OpenAI(timeout=httpx.Timeout(60), http_client=httpx.Client())
