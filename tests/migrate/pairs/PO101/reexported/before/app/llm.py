import os

from openai import AsyncOpenAI, OpenAI, RateLimitError

__all__ = ["AsyncOpenAI", "OpenAI", "RateLimitError"]
