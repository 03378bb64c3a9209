import openai
from pareta_openai import InsufficientCreditsError, OpenAI

try:
    OpenAI().models.list()
except openai.APIStatusError as e:
    if isinstance(e, InsufficientCreditsError) or e.code == "insufficient_quota":
        print("top up")
