import os

from openai import RateLimitError
from pareta_openai import AsyncOpenAI, OpenAI

__all__ = ["AsyncOpenAI", "OpenAI", "RateLimitError"]
