import environ
from decouple import config
from environs import Env
from openai import OpenAI

env = Env()
django_env = environ.Env()
clients = [
    OpenAI(api_key=config("OPENAI_API_KEY")),
    OpenAI(api_key=env.str("OPENAI_API_KEY")),
    OpenAI(api_key=env("OPENAI_API_KEY", default="")),
    OpenAI(api_key=django_env("OPENAI_API_KEY")),
]
