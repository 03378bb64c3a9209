import os

from langchain_openai import ChatOpenAI

model = ChatOpenAI(
    model = "gpt-4o" ,   # the large one
    temperature=0,  # no luck
    api_key=os.environ["PARETA_API_KEY"],
    base_url="https://api.pareta.ai/v1",
)
other = ChatOpenAI(api_key=os.environ["PARETA_API_KEY"], base_url="https://api.pareta.ai/v1"
    # nothing yet
)
third = ChatOpenAI(
        model="gpt-4o",
        max_tokens=5,
        api_key=os.environ["PARETA_API_KEY"],
        base_url="https://api.pareta.ai/v1")
