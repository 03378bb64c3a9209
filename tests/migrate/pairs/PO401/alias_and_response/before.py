import openai as oai
from pareta_openai import OpenAI as Client

client = Client()

try:
    client.models.list()
except (oai.APITimeoutError, oai.APIStatusError) as err:
    if isinstance(err, oai.APIStatusError) and err.response.status_code == 402:
        print("top up")
