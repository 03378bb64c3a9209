import httpx2
import openai

one = openai.OpenAI(timeout=openai.Timeout(60), http_client=openai.DefaultHttpxClient())
two = openai.OpenAI(timeout=httpx2.Timeout(60), http_client=httpx2.Client())
three = openai.OpenAI(timeout=60)
