import openai
from pareta_openai import OpenAI

try:
    OpenAI().models.list()
except openai.APIStatusError as e:
    if e.status_code == 429 and e.code == "insufficient_quota":
        print("top up")
