from openai import APIError, OpenAI
from pareta_openai import AsyncOpenAI, ParetaOpenAI

later = AsyncOpenAI()
client = ParetaOpenAI()
local = OpenAI(base_url="http://localhost:11434/v1", api_key="ollama")
caught = APIError
