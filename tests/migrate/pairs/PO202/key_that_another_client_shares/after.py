import os

from openai import OpenAI
from pareta_openai import ParetaOpenAI

KEY = os.environ["OPENAI_API_KEY"]
client = ParetaOpenAI()
proxy = OpenAI(api_key=KEY, base_url="http://localhost:4000")
