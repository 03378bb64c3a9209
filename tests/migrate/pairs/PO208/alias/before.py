from getpass import getpass
from os import environ as env

from openai import OpenAI as Client

if "OPENAI_API_KEY" not in env:
    env["OPENAI_API_KEY"] = getpass("OPENAI_API_KEY: ")
client = Client()
