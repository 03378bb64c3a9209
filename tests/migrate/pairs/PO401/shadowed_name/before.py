import openai
from pareta_openai import OpenAI


class InsufficientCreditsError(Exception):
    """The application's own."""


try:
    OpenAI().models.list()
except openai.APIStatusError as e:
    if e.status_code == 402:
        raise InsufficientCreditsError from e
