import os

import pareta_openai as openai

openai.api_key = os.environ["PARETA_API_KEY"]
