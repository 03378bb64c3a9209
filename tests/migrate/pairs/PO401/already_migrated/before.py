import openai
from pareta_openai import InsufficientCreditsError, OpenAI, RateLimitError

try:
    OpenAI().models.list()
except InsufficientCreditsError:
    print("top up")
except openai.APIStatusError as e:
    if isinstance(e, RateLimitError):
        print("slower")
