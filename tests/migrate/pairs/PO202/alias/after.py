from os import environ as env, getenv as read

from pareta_openai import AsyncOpenAI as A
from pareta_openai import OpenAI as B

clients = A(api_key=env.get("PARETA_API_KEY")), B(api_key=read("PARETA_API_KEY", "none"))
