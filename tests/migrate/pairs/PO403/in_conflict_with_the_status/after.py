import openai
from pareta_openai import RateLimitError
from pareta_openai import OpenAI

try:
    OpenAI().models.list()
except openai.APIStatusError as e:
    if isinstance(e, RateLimitError) and e.code == "insufficient_quota":
        print("top up")
