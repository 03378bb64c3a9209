import httpx as hx
import openai as oai
from httpx import AsyncClient, Timeout as T

one = oai.AsyncOpenAI(http_client=oai.DefaultAsyncHttpxClient(), timeout=oai.Timeout(5))
two = oai.OpenAI(timeout=oai.Timeout(5))
