import os

from groq import Groq

client = Groq(api_key=os.environ["OPENAI_API_KEY"])
