import os

from openai import OpenAI

client = OpenAI(
    api_key = os . environ [ # from the vault
        'OPENAI_API_KEY'  # as deployed
    ] ,
    max_retries=3,)
