import os

from pareta_openai import OpenAI

client = OpenAI(api_key=os.environ["OPENAI_API_KEY"], base_url="https://api.openai.com/v1")
local = OpenAI(base_url="http://localhost:9999", api_key=os.environ["OPENAI_API_KEY"])
