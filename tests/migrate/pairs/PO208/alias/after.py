from getpass import getpass
from os import environ as env

from pareta_openai import OpenAI as Client

if "PARETA_API_KEY" not in env:
    env["PARETA_API_KEY"] = getpass("PARETA_API_KEY: ")
client = Client()
