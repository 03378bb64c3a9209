from openai import *

client = OpenAI(base_url="http://localhost:1234/v1", api_key="lm-studio")
