import os

from app.llm import AsyncOpenAI as Client
from app.llm import RateLimitError

client = Client(api_key=os.environ["OPENAI_API_KEY"], organization="org-123")
