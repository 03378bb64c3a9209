import openai
from pareta_openai import OpenAI

try:
    OpenAI().models.list()
except openai.APIStatusError as e:
    match e.status_code:
        case 402:
            print("top up")
        case 429 | 503:
            print("later")
        case _:
            raise
