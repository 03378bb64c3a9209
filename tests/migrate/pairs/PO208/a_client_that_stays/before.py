import os

from openai import OpenAI

os.environ["OPENAI_API_KEY"] = "test"


def make(**arguments):
    return OpenAI(), OpenAI(**arguments)
