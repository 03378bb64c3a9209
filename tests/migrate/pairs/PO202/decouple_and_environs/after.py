import environ
from decouple import config
from environs import Env
from pareta_openai import OpenAI

env = Env()
django_env = environ.Env()
clients = [
    OpenAI(api_key=config("PARETA_API_KEY")),
    OpenAI(api_key=env.str("PARETA_API_KEY")),
    OpenAI(api_key=env("PARETA_API_KEY", default="")),
    OpenAI(api_key=django_env("PARETA_API_KEY")),
]
