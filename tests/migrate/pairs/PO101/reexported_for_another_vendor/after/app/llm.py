from pareta_openai import OpenAI

default = OpenAI()
