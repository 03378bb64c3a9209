import openai as oai
from pareta_openai import InsufficientCreditsError, OpenAI as Client

client = Client()

try:
    client.models.list()
except (oai.APITimeoutError, oai.APIStatusError) as err:
    if isinstance(err, oai.APIStatusError) and isinstance(err, InsufficientCreditsError):
        print("top up")
