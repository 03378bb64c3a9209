from langchain_openai import OpenAI
from myproject.openai import AsyncOpenAI

models = OpenAI(), AsyncOpenAI()
