import openai


class RateLimitError(Exception):
    """The application's own."""


try:
    openai.OpenAI().models.list()
except RateLimitError:
    print("slower")
