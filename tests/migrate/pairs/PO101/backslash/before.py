from openai import OpenAI, \
    AsyncOpenAI

pair = OpenAI(), AsyncOpenAI()
