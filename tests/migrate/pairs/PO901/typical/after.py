from openai import DefaultHttpxClient, Timeout
import httpx
from pareta_openai import OpenAI

client = OpenAI(timeout=Timeout(60, connect=5), http_client=DefaultHttpxClient(proxy="http://proxy.example"))
