import openai
from pareta_openai import OpenAI, RateLimitError

try:
    OpenAI().models.list()
except openai.APIStatusError as e:
    if isinstance(e, RateLimitError) and e.code == "insufficient_quota":
        print("top up")
