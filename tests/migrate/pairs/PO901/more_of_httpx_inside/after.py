import httpx
import openai

http = httpx.Client()
one = openai.OpenAI(http_client=http)
two = openai.OpenAI(http_client=httpx.Client(transport=httpx.HTTPTransport(retries=3)))
