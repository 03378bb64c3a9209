import sys

from openai import OpenAI

url = "https://api.openai.com/v1"
if "--local" in sys.argv:
    url = "http://localhost:8000/v1"
client = OpenAI(base_url=url)
