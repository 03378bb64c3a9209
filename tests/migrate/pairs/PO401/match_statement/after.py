import openai
from pareta_openai import EndpointNotReadyError, InsufficientCreditsError, RateLimitError
from pareta_openai import OpenAI

try:
    OpenAI().models.list()
except openai.APIStatusError as e:
    match e:
        case InsufficientCreditsError():
            print("top up")
        case RateLimitError() | EndpointNotReadyError():
            print("later")
        case _:
            raise
