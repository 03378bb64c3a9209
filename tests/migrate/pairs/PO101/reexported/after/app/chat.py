import os

from app.llm import AsyncOpenAI as Client
from app.llm import RateLimitError

client = Client(api_key=os.environ["PARETA_API_KEY"])
