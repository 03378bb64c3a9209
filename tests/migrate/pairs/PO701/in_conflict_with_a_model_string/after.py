import os

import litellm
from langchain_openai import ChatOpenAI

chat = ChatOpenAI(model="gpt-4o", api_key=os.environ["PARETA_API_KEY"], base_url="https://api.pareta.ai/v1")
litellm.completion(model="gpt-4o", messages=[])
