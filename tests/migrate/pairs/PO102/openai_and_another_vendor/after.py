import openai
import pareta_openai

client = pareta_openai.OpenAI()
local = openai.OpenAI(base_url="http://127.0.0.1:8000/v1", api_key="none")
