import os

from pareta_openai import OpenAI

client = OpenAI(
    api_key = os . environ [ # from the vault
        'PARETA_API_KEY'  # as deployed
    ] ,
    max_retries=3,)
