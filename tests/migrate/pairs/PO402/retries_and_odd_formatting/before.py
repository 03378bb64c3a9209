import backoff
import openai
import stamina
from tenacity import (
    retry,
    retry_if_exception_type,  # of these
)


@retry(retry=retry_if_exception_type(
    openai.RateLimitError,  # throttled
))
def one(client):
    return client.models.list()


@backoff.on_exception(backoff.expo, (openai.APITimeoutError, openai.APIStatusError))
def two(client):
    return client.models.list()


@stamina.retry(on=openai.OpenAIError, attempts=3)
def three(client):
    return client.models.list()
