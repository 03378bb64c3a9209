from openai import *


class OpenAI:
    pass


client = OpenAI()
