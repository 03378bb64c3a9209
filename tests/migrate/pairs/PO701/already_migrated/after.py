import os

from langchain_openai import ChatOpenAI

model = ChatOpenAI(model="ep_one", api_key=os.environ["PARETA_API_KEY"], base_url="https://api.pareta.ai/v1")
