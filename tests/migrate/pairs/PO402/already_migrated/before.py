from pareta_openai import OpenAI, RateLimitError

try:
    OpenAI().models.list()
except RateLimitError:
    print("slower")
