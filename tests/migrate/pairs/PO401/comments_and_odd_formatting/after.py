import openai
from pareta_openai import EndpointNotReadyError, OpenAI

try:
    OpenAI().models.list()
except openai.APIError as e:
    if (
        e.status_code  # what the platform said
        == 402
    ) or isinstance(e, EndpointNotReadyError):   # wait
        pass
