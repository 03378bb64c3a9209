import os

from langchain_openai import ChatOpenAI

model = ChatOpenAI(
    model = "gpt-4o" ,   # the large one
    temperature=0,  # no luck
)
other = ChatOpenAI(
    # nothing yet
)
third = ChatOpenAI(
        model="gpt-4o",
        max_tokens=5)
