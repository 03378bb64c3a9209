from os import environ as env, getenv as read

from openai import AsyncOpenAI as A
from openai import OpenAI as B

clients = A(api_key=env.get("OPENAI_API_KEY")), B(api_key=read("OPENAI_API_KEY", "none"))
