import os

from openai import (
    APIError,
    RateLimitError,
)
from pareta_openai import (
    # the client itself
    AsyncOpenAI,
    OpenAI,  # and its sync twin
)
from openai.types.chat import ChatCompletion

clients = OpenAI(), AsyncOpenAI()
caught = (APIError, RateLimitError)


def read(answer: ChatCompletion) -> str:
    return os.linesep
