import os

from openai import OpenAI
from pareta_openai import ParetaOpenAI

os.environ["OPENAI_API_KEY"] = "test"


def make(**arguments):
    return ParetaOpenAI(), OpenAI(**arguments)
