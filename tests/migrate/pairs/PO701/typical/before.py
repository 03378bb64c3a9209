import os

from langchain_openai import ChatOpenAI

model = ChatOpenAI(model="gpt-4o-mini", temperature=0)
other = ChatOpenAI(model="gpt-4o-mini", api_key=os.environ["OPENAI_API_KEY"], base_url="https://api.openai.com/v1")
