import os

from openai import (
    APIError,
    # the client itself
    AsyncOpenAI,
    OpenAI,  # and its sync twin
    RateLimitError,
)
from openai.types.chat import ChatCompletion

clients = OpenAI(), AsyncOpenAI()
caught = (APIError, RateLimitError)


def read(answer: ChatCompletion) -> str:
    return os.linesep
