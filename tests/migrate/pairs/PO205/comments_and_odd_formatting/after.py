from openai import (
    RateLimitError,
)
from pareta_openai import (
    OpenAI, # ours since 2023
)

client = OpenAI()
