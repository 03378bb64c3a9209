import httpx
from pareta_openai import OpenAI
from openai import DefaultHttpxClient, Timeout

client = OpenAI(timeout=Timeout(60, connect=5), http_client=DefaultHttpxClient(proxy="http://proxy.example"))
