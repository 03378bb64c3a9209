import openai as oai
from openai import RateLimitError as TooFast

try:
    oai.OpenAI().models.list()
except (TooFast, oai.APITimeoutError):
    print("later")
