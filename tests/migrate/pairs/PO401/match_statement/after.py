import openai
from pareta_openai import EndpointNotReadyError, InsufficientCreditsError, OpenAI, RateLimitError

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
