import httpx
from pareta_openai import OpenAI

client = OpenAI(timeout=httpx.Timeout(60, connect=5), http_client=httpx.Client(proxy="http://proxy.example"))
