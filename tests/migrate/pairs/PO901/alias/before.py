import httpx as hx
import openai as oai
from httpx import AsyncClient, Timeout as T

one = oai.AsyncOpenAI(http_client=AsyncClient(), timeout=T(5))
two = oai.OpenAI(timeout=hx.Timeout(5))
